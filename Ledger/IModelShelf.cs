namespace Ledger;

/// <summary>
/// Trained fraud models, whole, in the ledger's database: every process on it finds the same under a version. One that was put there never
/// changes and stays, for decisions name it.
/// </summary>
public interface IModelShelf
{
    /// <summary>The largest model that is kept, in bytes.</summary>
    public const int MaxModelBytes = 16 << 20;

    /// <summary>Versions, in no order.</summary>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    IReadOnlyList<string> ListModels();

    /// <summary>The file of a version; null where there is none.</summary>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    byte[]? FindModel(string version);

    /// <summary>Keeps a model's file, durable when it returns.</summary>
    /// <returns>False where there is one of this version, which stays as it is.</returns>
    /// <exception cref="LedgerStoreException">The database does not answer: it may have been kept.</exception>
    bool AddModel(string version, byte[] file);
}
