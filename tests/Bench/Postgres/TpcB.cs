using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bench.Peers;
using Npgsql;

namespace Bench.Postgres;

/// <summary>PostgreSQL's own pgbench with its TPC-B-like script, prepared, 64 clients: no payment, but what the server does with a small transaction.</summary>
internal sealed partial class TpcB(PostgresHost server, string binaries, BenchScale scale) : IContender
{
    private const int Branches = 64;

    /// <summary>A round is so many of each client, not a time: connecting them counts as time there, but not in the rate.</summary>
    private const int TransactionsPerSecond = 30;

    private string[] connection = [];
    private string password = "";

    public string Name => "tpcb";

    public string Title => $"pgbench, TPC-B-like, {BenchScale.PeerClients} clients, scale {Branches}";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        var database = new NpgsqlConnectionStringBuilder(await server.NewDatabase("tpcb", null, cancellationToken));
        connection = ["-h", database.Host!, "-p", $"{database.Port}", "-U", database.Username!, database.Database!];
        password = database.Password ?? "";
        await Run(["-i", "-q", "-s", $"{Branches}"], cancellationToken);
    }

    public async Task<Sample> Measure(CancellationToken cancellationToken)
    {
        var (count, cpu) = (Math.Max(1, (int)(TransactionsPerSecond * scale.PeerTime.TotalSeconds)), server.Cpu);
        var output = await Run(["-c", $"{BenchScale.PeerClients}", "-j", "2", "-M", "prepared", "-n", "-t", $"{count}"], cancellationToken);
        if (!double.TryParse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture, out var rate))
            throw new InvalidOperationException($"pgbench tells no rate: {output}");
        var transactions = (long)count * BenchScale.PeerClients;
        return new Sample(transactions, TimeSpan.FromSeconds(transactions / rate), server.Cpu - cpu);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> Run(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(Path.Combine(binaries, "pgbench"), [.. arguments, .. connection]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.StartInfo.Environment["PGPASSWORD"] = password;
        process.Start();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"pgbench ends with {process.ExitCode}: {await error}");
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Rate();
}
