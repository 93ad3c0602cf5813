"""The program as data: slots of state, kernels of scalar statements, the calls of one time step."""
