{{ daily_stocks(ref('dim_projects'), indicators_of_registers()['projects']) }}
