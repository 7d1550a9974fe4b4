-- Trained fraud models, whole, under their versions. Which of them is in force stands in the log (fraud.model_changed).
CREATE TABLE fraud_model (
    version TEXT PRIMARY KEY,
    file    BLOB NOT NULL
);
