using System.Net;
using Gateway.Tests;
using Silo.Cluster.Tls;

namespace Cluster.Tests.Tls;

/// <summary>Silos and gateways as processes that have certificates.</summary>
public sealed class TlsClusterTests : IDisposable
{
    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_cluster_with_certificates_pays_and_a_gateway_of_another_authority_finds_no_silo()
    {
        await using var cluster = await RunningCluster.Start(silos: 2, Arguments(authority.Issue()));
        using (var bank = new Api(cluster.Gateway.Url, Keys.Bank, 64))
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async payment =>
                (await bank.Post("/payments", SharedServer.Body($"sandbox_{1 + payment:0000}", "sandbox_0500", "0.01"), $"tls-{payment}")).Is(HttpStatusCode.Created)));
        Assert.Equal(100, cluster.Number("select count(*) from log where type = 1 and amount = 1"));
        // Both silos had some of it: they talk to each other, and the gateway to both.
        foreach (var silo in cluster.Silos)
            Assert.True(await silo.Metric("grains_active") > 0, silo.Said);
        foreach (var process in cluster.Silos.Append(cluster.Gateway))
            Assert.InRange(await process.Metric("tls_certificate_not_after_seconds"), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddDays(31).ToUnixTimeSeconds());

        using var others = new TestAuthority();
        var refused = cluster.Launch("Gateway", Arguments(others.Issue()));
        await refused.Says("No connection with");
        using var client = new HttpClient { BaseAddress = refused.Url };
        Assert.False(await IsReady(client));
        var plain = cluster.Launch("Gateway");
        await plain.Says("Connection attempt");
        using var bare = new HttpClient { BaseAddress = plain.Url };
        Assert.False(await IsReady(bare));
    }

    [Fact]
    public async Task Half_of_the_settings_end_the_start_with_a_clear_error()
    {
        var settings = authority.Issue();
        await using var process = ClusterProcess.Launch("--role", "Silo", "--ledger", "Host=127.0.0.1;Port=1", "--Payments:Cluster:Tls:Certificate", settings.Certificate!);
        Assert.Equal(2, await process.Ended());
        Assert.Contains("Payments:Cluster:Tls:Key is missing: Certificate, Key and Authority go together.", process.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_others_reach_warns_where_it_has_no_certificate()
    {
        await using var process = ClusterProcess.Launch("--role", "Silo", "--ledger", "Host=127.0.0.1;Port=1", "--advertise", "192.0.2.1");
        await process.Says("is neither encrypted nor authenticated");
    }

    private static string[] Arguments(TlsSettings settings) =>
        ["--Payments:Cluster:Tls:Certificate", settings.Certificate!, "--Payments:Cluster:Tls:Key", settings.Key!, "--Payments:Cluster:Tls:Authority", settings.Authority!];

    private static async Task<bool> IsReady(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen before it has met a silo.
            return false;
        }
    }
}
