namespace Bench.Engine;

/// <summary>What a measured ledger has behind it.</summary>
internal enum EngineData
{
    /// <summary>The accounts, and the uniform payments of earlier rounds.</summary>
    Uniform = 1,

    /// <summary>The accounts, and payments with hot accounts, batches and HTTP requests of earlier rounds.</summary>
    Mixed = 2,

    /// <summary>A long history before the first round.</summary>
    History = 3,
}

/// <summary>The ledgers of one run, each made when first asked for: the accounts are opened once and copied.</summary>
internal sealed class EngineHosts(ScratchDirectory scratch, BenchScale scale, BenchProgress progress) : IEngineHosts, IAsyncDisposable
{
    private readonly Dictionary<EngineData, EngineHost> hosts = [];
    private string? accounts;

    public async Task<EngineHost> Get(EngineData data, CancellationToken cancellationToken)
    {
        if (hosts.TryGetValue(data, out var host))
            return host;
        var directory = await CopyAccounts(data);
        if (data == EngineData.History)
            History.Load(directory, scale.HistoryPayments, progress, cancellationToken);
        host = await EngineHost.Open(directory);
        hosts.Add(data, host);
        return host;
    }

    async Task<IEngineHost> IEngineHosts.Get(EngineData data, CancellationToken cancellationToken) => await Get(data, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values)
            await host.DisposeAsync();
    }

    private async Task<string> CopyAccounts(EngineData data)
    {
        if (accounts is null)
        {
            progress.Say($"opening {BenchScale.Accounts:#,0} accounts");
            accounts = scratch.New("accounts");
            await EngineHost.Make(accounts);
        }

        var directory = scratch.New($"engine-{data}");
        foreach (var file in Directory.EnumerateFiles(accounts).Where(static file => Path.GetFileName(file) != Ledger.DataDirectoryLock.FileName))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        return directory;
    }
}
