"""The explorer's page: widgets over the values of `bouton.explore`. Panel and Bokeh are needed from here on."""
