-- Trained fraud models, whole, under their versions; of a ledger of several shards, in the first. Which of them is in force stands in the
-- log (fraud.model_changed).
create table fraud_model (
    version text primary key,
    file    bytea not null
);
