-- One row per entry of an accepted list that is not told by exactly one version, as listed, standing at the end of the
-- list's month (or on its office's last day), for the offices being built; and one per version that stands then without
-- being on the list: but for an entry that stood on the list before, of which this list held the row, or a row whose
-- number could not be read. Such an entry has to stand.
{%- for dataset, register in registers().items() %}
{%- set key = register.entry ~ '_key' %}
{%- set number = register.entry ~ '_no' %}
(
    with lists as (
        select
            slices.office_key,
            slices.period,
            slices.submission_id,
            row_number() over (partition by slices.office_key order by slices.period) as list_no,
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
            lists.list_no,
            versions.*
        from lists
        inner join {{ ref('dim_' ~ dataset) }} as versions
            on
                lists.office_key = versions.office_key
                and lists.heard_on between versions.valid_from and coalesce(versions.valid_to, lists.heard_on)
    ),

    held as (
        select
            lists.office_key,
            lists.list_no,
            held.payload ->> '{{ number }}' as number_read
        from {{ source('quarantine', 'rows') }} as held
        inner join lists on held.submission_id = lists.submission_id
        where held.dataset = '{{ dataset }}'
    ),

    {#- What stood on the list before, and a row that this one held may be of. #}
    kept as (
        select distinct
            earlier.{{ key }},
            lists.period as listed_in
        from standing as earlier
        inner join lists on earlier.office_key = lists.office_key and earlier.list_no = lists.list_no - 1
        inner join held on lists.office_key = held.office_key and lists.list_no = held.list_no
        where
            coalesce(held.number_read, '…') like '%…%'
            or earlier.{{ number }} = held.number_read
    ),

    stood as (
        select
            standing.*,
            kept.{{ key }} is not null and listed.{{ key }} is null as is_kept
        from standing
        left join kept on standing.{{ key }} = kept.{{ key }} and standing.listed_in = kept.listed_in
        left join listed on standing.{{ key }} = listed.{{ key }} and standing.listed_in = listed.period
    )

    select
        '{{ dataset }}' as dataset,
        coalesce(listed.{{ key }}, standing.{{ key }}) as entry_key,
        coalesce(listed.period, standing.listed_in) as period,
        count(listed.{{ key }}) as listed,
        count(standing.{{ key }}) as standing
    from listed
    full join (select * from stood where not is_kept) as standing
        on
            listed.{{ key }} = standing.{{ key }}
            and listed.period = standing.listed_in
            {%- for attribute in register.attributes %}
            and listed.{{ attribute }} is not distinct from standing.{{ attribute }}
            {%- endfor %}
    group by coalesce(listed.{{ key }}, standing.{{ key }}), coalesce(listed.period, standing.listed_in)
    having count(*) <> 1 or count(listed.{{ key }}) <> 1 or count(standing.{{ key }}) <> 1
    union all
    select
        '{{ dataset }}' as dataset,
        kept.{{ key }} as entry_key,
        kept.listed_in as period,
        0 as listed,
        count(standing.{{ key }}) as standing
    from kept
    left join standing on kept.{{ key }} = standing.{{ key }} and kept.listed_in = standing.listed_in
    group by kept.{{ key }}, kept.listed_in
    having count(standing.{{ key }}) <> 1
)
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
