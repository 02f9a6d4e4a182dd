"""Pages of the register: `finding` people, `registering` and correcting, `reading` one person, `staying`."""
