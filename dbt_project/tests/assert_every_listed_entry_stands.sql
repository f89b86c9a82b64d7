-- One row per entry of an accepted list that is not told by exactly one version, as listed, standing at the end of the
-- list's month (or on its office's last day), for the offices being built; and one per version that stands then without
-- being on the list.
{%- for dataset, register in registers().items() %}
{%- set key = register.entry ~ '_key' %}
(
    with lists as (
        select
            slices.office_key,
            slices.period,
            slices.submission_id,
            least(
                (to_date(slices.period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date, lives.ended_on
            ) as heard_on
        from {{ source('ledger', 'slices') }} as slices
        left join {{ ref('int_offices_lifetimes') }} as lives on slices.office_key = lives.office_key
        where
            slices.dataset = '{{ dataset }}'
            and to_date(slices.period, 'YYYY-MM') <= coalesce(lives.ended_on, 'infinity')
            and to_date(slices.period, 'YYYY-MM') + interval '1 month' > coalesce(lives.began_on, '-infinity')
            and slices.office_key in (
                select touched.office_key
                from {{ source('ledger', 'slices_to_build') }} as touched
                where touched.dataset = '{{ dataset }}'
            )
    ),

    listed as (
        select
            lists.heard_on,
            entries.*
        from lists
        inner join {{ ref('stg_submissions__' ~ dataset) }} as entries
            on lists.period = entries.period and lists.submission_id = entries.submission_id
    ),

    standing as (
        select
            lists.period as listed_in,
            versions.*
        from lists
        inner join {{ ref('dim_' ~ dataset) }} as versions
            on
                lists.office_key = versions.office_key
                and lists.heard_on between versions.valid_from and coalesce(versions.valid_to, lists.heard_on)
    )

    select
        '{{ dataset }}' as dataset,
        coalesce(listed.{{ key }}, standing.{{ key }}) as entry_key,
        coalesce(listed.period, standing.listed_in) as period,
        count(listed.{{ key }}) as listed,
        count(standing.{{ key }}) as standing
    from listed
    full join standing
        on
            listed.{{ key }} = standing.{{ key }}
            and listed.period = standing.listed_in
            {%- for attribute in register.attributes %}
            and listed.{{ attribute }} is not distinct from standing.{{ attribute }}
            {%- endfor %}
    group by coalesce(listed.{{ key }}, standing.{{ key }}), coalesce(listed.period, standing.listed_in)
    having count(*) <> 1 or count(listed.{{ key }}) <> 1 or count(standing.{{ key }}) <> 1
)
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
