using Ledger;
using Ledger.Postgres;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Silo.Embedded;

/// <summary>
/// A ledger with what belongs to it: its store, its registry, and the key that its personal fields are sealed under. In a data
/// directory it is one process's alone; in a PostgreSQL database, any number's.
/// </summary>
public sealed class OpenLedger : IDisposable
{
    private readonly IDisposable[] parts;

    private OpenLedger(ILedgerStore store, IRegistry registry, MasterKey masterKey, ISharedBook? book, params IDisposable[] parts) =>
        (Store, Registry, MasterKey, SharedBook, this.parts) = (store, registry, masterKey, book, parts);

    public ILedgerStore Store { get; }

    public IRegistry Registry { get; }

    public MasterKey MasterKey { get; }

    /// <summary>Whether other processes may work on the same ledger.</summary>
    public bool IsShared => SharedBook is not null;

    /// <summary>Where the sandbox's outside world keeps its book, for all processes on the ledger; null where one process has it alone.</summary>
    public ISharedBook? SharedBook { get; }

    /// <summary>The ledger in a data directory; makes it, and its key file, where they are missing.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="LedgerSchemaException">A newer release wrote it.</exception>
    /// <exception cref="LedgerDamagedException">It contradicts itself; nothing was overwritten.</exception>
    public static OpenLedger InDirectory(string directory)
    {
        var opened = new Stack<IDisposable>();
        return Open(opened, () =>
        {
            opened.Push(DataDirectoryLock.Take(directory));
            var path = Path.Combine(directory, SqliteStore.FileName);
            var masterKey = MasterKey.Load(directory, mayCreate: !File.Exists(path));
            opened.Push(masterKey);
            var store = new SqliteStore(path);
            opened.Push(store);
            var registry = new SqliteRegistry(path);
            opened.Push(registry);
            return new OpenLedger(store, registry, masterKey, null, [.. opened]);
        });
    }

    /// <summary>The ledger in a PostgreSQL database; makes its tables where they are missing.</summary>
    /// <param name="secret">What its master key is wrapped under; null only in a sandbox.</param>
    /// <exception cref="LedgerSchemaException">A newer release wrote it, or it is another product's database.</exception>
    /// <exception cref="LedgerStoreException">The server cannot be reached, or refuses.</exception>
    /// <exception cref="InvalidDataException">The secret is not the one that the master key was wrapped under.</exception>
    public static OpenLedger InPostgres(PostgresSettings settings, string? secret, TimeProvider machine)
    {
        var opened = new Stack<IDisposable>();
        return Open(opened, () =>
        {
            var store = new PostgresStore(settings, machine);
            opened.Push(store);
            var registry = new PostgresRegistry(settings, machine);
            opened.Push(registry);
            var masterKey = WrappedMasterKey.Load(registry, secret);
            opened.Push(masterKey);
            var book = new PostgresBook(settings);
            opened.Push(book);
            return new OpenLedger(store, registry, masterKey, book, [.. opened]);
        });
    }

    public void Dispose()
    {
        foreach (var part in parts)
            part.Dispose();
    }

    // Opened whole or not at all.
    private static OpenLedger Open(Stack<IDisposable> opened, Func<OpenLedger> open)
    {
        try
        {
            return open();
        }
        catch
        {
            foreach (var part in opened)
                part.Dispose();
            throw;
        }
    }
}
