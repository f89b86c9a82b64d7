with dated as (
    select
        *,
        row_number() over (
            partition by office_key
            order by valid_to desc nulls first, valid_from desc nulls last
        ) as versions_back
    from {{ ref('offices') }}
),

newest as (
    select * from dated where versions_back = 1
),

located as (
    select
        newest.office_key,
        newest.code as office_code,
        newest.name as office_name,
        newest.level,
        newest.parent_key,
        newest.reports,
        newest.valid_from,
        newest.valid_to,
        above.parent_key as second_parent_key,
        second_above.parent_key as third_parent_key
    from newest
    left join newest as above on newest.parent_key = above.office_key
    left join newest as second_above on above.parent_key = second_above.office_key
)

select * from located
