{{ daily_flows(ref('fct_points'), 'booked_on', indicators_of_records()['points']['booked_on']) }}
