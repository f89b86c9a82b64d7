-- Which offices may tell of one another's records: those that a chain of mergers and splits ties together, and each
-- office by itself. Before its first day an office has heirs too; those took nothing over.
delete from ledger.related_offices;
insert into ledger.related_offices (office_key, related_key)
with recursive ended as (
    select office_key, max(valid_to) as ended_on
    from reference.offices
    group by office_key
    having bool_and(valid_to is not null)
),
taken_over as (
    select distinct heirs.office_key, heirs.heir_key
    from reference.office_heirs as heirs
    inner join ended on heirs.office_key = ended.office_key
    where heirs.from_day > ended.ended_on
),
ties as (
    select office_key, heir_key as tied_key from taken_over
    union
    select heir_key, office_key from taken_over
),
related as (
    select office_key, office_key as related_key from reference.offices
    union
    select related.office_key, ties.tied_key
    from related
    inner join ties on related.related_key = ties.office_key
)
select office_key, related_key from related;
analyze ledger.related_offices;
