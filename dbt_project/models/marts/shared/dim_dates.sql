{#- Every day that the door lets in, and every budget year: a date missing here would fail the build of all. -#}
with days as (
    select series.moment::date as date_day
    from generate_series('1949-10-01'::timestamp, '2100-12-31'::timestamp, interval '1 day') as series (moment)
)

select
    date_day,
    to_char(date_day, 'YYYY-MM') as period,
    extract(year from date_day)::integer as year,
    extract(quarter from date_day)::integer as quarter,
    extract(month from date_day)::integer as month,
    extract(day from date_day)::integer as day,
    case when extract(month from date_day) <= 6 then 1 else 2 end as half_year,
    extract(isodow from date_day)::integer as weekday,
    extract(isoyear from date_day)::integer as iso_year,
    extract(week from date_day)::integer as iso_week,
    to_char(date_day, 'FMYYYY"年"FMMM"月"FMDD"日"') as date_label_zh,
    to_char(date_day, 'FMYYYY"年"FMMM"月"') as month_label_zh,
    to_char(date_day, 'FMYYYY"年第"FMQ"季度"') as quarter_label_zh,
    to_char(date_day, 'FMYYYY"年"')
    || case when extract(month from date_day) <= 6 then '上半年' else '下半年' end as half_year_label_zh,
    '星期' || substr('一二三四五六日', extract(isodow from date_day)::integer, 1) as weekday_label_zh,
    date_trunc('month', date_day)::date = date_day as is_first_of_month,
    (date_trunc('month', date_day) + interval '1 month' - interval '1 day')::date = date_day as is_last_of_month
from days
