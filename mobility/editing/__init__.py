"""A call being written: its content as plain values, what may change when, places out of agreements, the form."""
