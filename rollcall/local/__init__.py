"""Everything on one machine: embedded PostgreSQL, Airflow's processes and the demo offices."""
