using Grains.Fraud;

namespace Bench.Engine;

/// <summary>What a measured ledger has behind it.</summary>
internal enum EngineData
{
    /// <summary>The accounts, and the uniform payments of earlier rounds, by themselves, in batches and over HTTP.</summary>
    Uniform = 1,

    /// <summary>The accounts, and payments with hot accounts of earlier rounds.</summary>
    Mixed = 2,

    /// <summary>A long history before the first round.</summary>
    History = 3,

    /// <summary>The accounts, on an edition that judges the risk of every payment, and the payments of earlier rounds over HTTP.</summary>
    Judged = 4,
}

/// <summary>
/// The ledgers of one run, each made when first asked for: the accounts are opened once and copied. Two may be made at the same
/// time: who knows that the long history will be needed asks for it early.
/// </summary>
internal sealed class EngineHosts(ScratchDirectory scratch, BenchScale scale, BenchProgress progress) : IEngineHosts, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<EngineData, Task<EngineHost>> hosts = [];
    private Task<string>? accounts;

    public Task<EngineHost> Get(EngineData data, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!hosts.TryGetValue(data, out var host))
                hosts.Add(data, host = Task.Run(() => Make(data, cancellationToken), cancellationToken));
            return host;
        }
    }

    async Task<IEngineHost> IEngineHosts.Get(EngineData data, CancellationToken cancellationToken) => await Get(data, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // One whose making was stopped, or failed, is not there: who asked for it was told. The others are.
        foreach (var host in hosts.Values)
            if (await Task.WhenAny(host) is { IsCompletedSuccessfully: true } made)
                await (await made).DisposeAsync();
    }

    private async Task<EngineHost> Make(EngineData data, CancellationToken cancellationToken)
    {
        var from = await Accounts();
        var directory = scratch.New($"engine-{data}");
        foreach (var file in Directory.EnumerateFiles(from).Where(static file => Path.GetFileName(file) != Ledger.DataDirectoryLock.FileName))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        if (data == EngineData.History)
            History.Load(directory, scale.HistoryPayments, progress, cancellationToken);
        return await EngineHost.Open(directory, data == EngineData.Judged ? new RiskOptions() : null);
    }

    private Task<string> Accounts()
    {
        lock (gate)
            return accounts ??= OpenAccounts();
    }

    private async Task<string> OpenAccounts()
    {
        progress.Say($"opening {BenchScale.Accounts:#,0} accounts");
        var directory = scratch.New("accounts");
        await Task.Run(() => EngineHost.Make(directory));
        return directory;
    }
}
