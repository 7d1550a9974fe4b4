namespace Ledger.Sqlite;

public sealed partial class SqliteRegistry
{
    public IReadOnlyList<string> ListModels()
    {
        lock (gate)
        {
            var select = database.Statement("SELECT version FROM fraud_model");
            var versions = new List<string>();
            while (select.Step())
                versions.Add(select.Text(0));
            return versions;
        }
    }

    public byte[]? FindModel(string version)
    {
        lock (gate)
        {
            var select = database.Statement("SELECT file FROM fraud_model WHERE version = ?").Bind(1, version);
            var file = select.Step() ? select.Blob(0) : null;
            select.Reset();
            return file;
        }
    }

    public bool AddModel(string version, byte[] file)
    {
        lock (gate)
        {
            if (FindModel(version) is not null)
                return false;
            database.Statement("INSERT INTO fraud_model (version, file) VALUES (?, ?)").Bind(1, version).Bind(2, file).Run();
            return true;
        }
    }
}
