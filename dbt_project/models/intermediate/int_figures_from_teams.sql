{{ daily_stocks(ref('dim_teams'), indicators_of_registers()['teams']) }}
