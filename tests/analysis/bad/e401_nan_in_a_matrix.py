"""A matrix with an entry that is not a number."""

import numpy as np
from scipy.sparse import coo_array

import bouton as bt

CODE = "E401"
AT = None


def build():
    bt.FromSparse(coo_array(np.array([[1.0, np.nan]])))
