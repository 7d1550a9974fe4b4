using System.CommandLine;
using Grains.Fraud.Backtest;
using Ledger.Documents;
using Ledger.Sealing;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>The logs of a ledger's shards with the key under which they are sealed, read beside whoever writes them.</summary>
internal sealed class RecordedLogs : IDisposable
{
    private readonly List<DocumentLog> logs = [];

    private RecordedLogs()
    {
    }

    /// <summary>By shard.</summary>
    public IReadOnlyList<IDecisionLog> Shards => [.. logs.Select(static log => new StoredDecisionLog(log))];

    public MasterKey Key { get; private set; } = null!;

    /// <exception cref="CommandFailedException">There is no such ledger, or no key of it.</exception>
    public static RecordedLogs Open(ParseResult parsed)
    {
        var opened = new RecordedLogs();
        try
        {
            opened.Key = opened.OpenAll(parsed);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Key?.Dispose();
        foreach (var log in logs)
            log.Dispose();
    }

    private MasterKey OpenAll(ParseResult parsed)
    {
        if (LedgerPlace.Shards(parsed) is not { Count: > 0 } shards)
        {
            var directory = parsed.GetValue(DataDirectory.Option)!;
            logs.Add(DocumentLog.OfFile(DataDirectory.LedgerFile(directory)));
            return MasterKey.Load(directory, mayCreate: false);
        }

        foreach (var shard in shards)
            logs.Add(DocumentLog.OfDatabase(shard));
        return AuditCommand.KeyOf(shards[0])
            ?? throw new CommandFailedException("The ledger has no master key: give all its shards, one --ledger each, in their order.");
    }
}
