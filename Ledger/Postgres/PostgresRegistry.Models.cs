namespace Ledger.Postgres;

public sealed partial class PostgresRegistry
{
    public IReadOnlyList<string> ListModels() => Rows("select version from fraud_model", Text);

    public byte[]? FindModel(string version) => Rows("select file from fraud_model where version = $1", static row => row.GetFieldValue<byte[]>(0), version).FirstOrDefault();

    public bool AddModel(string version, byte[] file) => Rows("insert into fraud_model (version, file) values ($1, $2) on conflict do nothing returning 1", Number, version, file).Count > 0;
}
