using Ledger;
using Ledger.Postgres;
using Ledger.Sealing;
using Ledger.Shards;
using Ledger.Sqlite;

namespace Silo.Embedded;

/// <summary>
/// A ledger with what belongs to it: its stores, its registry, its models, and the key that its personal fields are sealed under. In a data
/// directory it is one process's alone; in a PostgreSQL database, any number's.
/// </summary>
public sealed class OpenLedger : IDisposable
{
    private readonly IDisposable[] parts;

    private OpenLedger(ShardMap map, IReadOnlyList<ILedgerStore> stores, IRegistry registry, IModelShelf models, MasterKey masterKey, ISharedBook? book, params IDisposable[] parts) =>
        (Map, Stores, Registry, Models, MasterKey, SharedBook, this.parts) = (map, stores, registry, models, masterKey, book, parts);

    /// <summary>Which of the stores has which accounts.</summary>
    public ShardMap Map { get; }

    /// <summary>One a shard, in the order of the map.</summary>
    public IReadOnlyList<ILedgerStore> Stores { get; }

    public IRegistry Registry { get; }

    public IModelShelf Models { get; }

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
            return new OpenLedger(ShardMap.OfOne, [store], registry, registry, masterKey, null, [.. opened]);
        });
    }

    /// <summary>
    /// The ledger in PostgreSQL databases, one a shard; makes their tables where they are missing. What belongs to the whole ledger
    /// (keys, settings, the master key) is in the first.
    /// </summary>
    /// <param name="secret">What its master key is wrapped under; null only in a sandbox.</param>
    /// <exception cref="LedgerSchemaException">A newer release wrote it, it is another product's database, or these are not the shards of one ledger in their order.</exception>
    /// <exception cref="LedgerStoreException">A server cannot be reached, or refuses.</exception>
    /// <exception cref="InvalidDataException">The secret is not the one that the master key was wrapped under.</exception>
    public static OpenLedger InPostgres(IReadOnlyList<PostgresSettings> shards, string? secret, TimeProvider machine)
    {
        var opened = new Stack<IDisposable>();
        return Open(opened, () =>
        {
            var map = PostgresShards.Open(shards, machine);
            var stores = new List<ILedgerStore>();
            foreach (var settings in shards)
            {
                var store = new PostgresStore(settings, machine, stores.Count);
                opened.Push(store);
                stores.Add(store);
            }

            var registry = new PostgresRegistry(shards[0], machine);
            opened.Push(registry);
            var masterKey = WrappedMasterKey.Load(registry, secret);
            opened.Push(masterKey);
            var book = new PostgresBook(shards[0]);
            opened.Push(book);
            return new OpenLedger(map, stores, registry, registry, masterKey, book, [.. opened]);
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
