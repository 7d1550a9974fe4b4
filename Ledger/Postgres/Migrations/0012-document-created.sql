-- Lists are ordered by when a document was made: numbers are leased in blocks, and say that only within one process.
alter table document add column created bigint not null default 0;

-- Of documents that are here already: the time of the oldest row among theirs and those of later numbers. A document was made no
-- later than any row that holds it or a later one; and with most came one that never changes, such as an event.
update document set created = made.at from (
    select d.number, min(l.time) over (partition by d.owner order by d.number desc rows unbounded preceding) as at
    from document d join log l on l.id = d.row) made
where made.number = document.number;

drop index document_list;
create index document_list on document (owner, kind, created, number) where kind < 64;

alter table document_link add column created bigint not null default 0;
update document_link k set created = d.created from document d where d.number = k.number;
alter table document_link drop constraint document_link_pkey;
alter table document_link add primary key (owner, kind, link, created, number);
alter table document_link alter column created drop default;
