{{ daily_stocks(ref('dim_sites'), indicators_of_registers()['sites']) }}
