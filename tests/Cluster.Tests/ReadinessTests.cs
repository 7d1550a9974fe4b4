using System.Net;
using System.Reflection;
using Ledger;
using Ledger.Shards;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Cluster;
using Silo.Embedded;
using Silo.Tests;

namespace Cluster.Tests;

/// <summary>For what a process is not ready, and that it is again once that is over.</summary>
public sealed class ReadinessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Nobody sends requests to a gateway that is not ready: it is to find silos by itself.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Without_a_silo_or_its_database_a_process_is_alive_and_not_ready_until_they_are_back()
    {
        await using var cluster = await RunningCluster.Start(silos: 1, "--Payments:Cluster:Health:DatabaseSilenceMs", "1000", "--Payments:Cluster:Health:DueLagMs", "3000");
        Assert.Equal(0, await cluster.Silos[0].Terminate());
        await IsMissing(cluster.Gateway, "a silo to ask");
        var silo = await cluster.AddSilo();
        await cluster.Gateway.Ready().WaitAsync(Soon);

        cluster.Server.Stop();
        await IsMissing(cluster.Gateway, "the ledger's database");
        await IsMissing(silo, "the ledger's database");
        await IsMissing(silo, "what is due in the ledger");
        await cluster.Server.Restart(default);
        await cluster.Gateway.Ready();
        await silo.Ready();
    }

    [Fact]
    public async Task Of_several_shards_the_one_that_is_longest_behind_counts()
    {
        var (first, second) = (Directory.CreateTempSubdirectory("payments-behind-"), Directory.CreateTempSubdirectory("payments-behind-"));
        using (var quiet = OpenLedger.InDirectory(first.FullName))
        using (var busy = OpenLedger.InDirectory(second.FullName))
        {
            ILedgerStore[] stores = [quiet.Stores[0], busy.Stores[0]];
            // Nobody tells these of what another writer commits.
            var map = ShardMap.Spread(2);
            var reader = new ShardedReader(map, [.. stores.Select(static store => store.Reader)]);
            LedgerWriter[] deaf = [.. stores.Select(static store => Writer(store))];
            var time = new ManualTime();
            var look = new LogLook(new LedgerShards(map, deaf, reader, new AccountDirectory(reader)), new LogLag(2, time));
            Assert.Equal(TimeSpan.Zero, await look.Behind());

            using var writer = Writer(busy.Stores[0]);
            using (var thread = new LedgerThread(writer, new LedgerOptions(), new LedgerFaults(), TimeProvider.System))
            {
                var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = SystemCent.To(SystemAccount.Fees, writer, TimeProvider.System) };
                Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
                Assert.Equal(Refusal.None, await entry.Committed.AsTask().WaitAsync(Patience));
                await thread.Stop();
            }

            Assert.Equal(TimeSpan.Zero, await look.Behind());
            time.Advance(TimeSpan.FromSeconds(7));
            Assert.Equal(TimeSpan.FromSeconds(7), await look.Behind());
            foreach (var one in deaf)
                one.Dispose();
        }

        first.Delete(recursive: true);
        second.Delete(recursive: true);

        static LedgerWriter Writer(ILedgerStore store) => new(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
    }

    [Theory]
    [InlineData(SiloStatus.Joining, false)]
    [InlineData(SiloStatus.Active, true)]
    [InlineData(SiloStatus.ShuttingDown, false)]
    [InlineData(SiloStatus.Dead, false)]
    public async Task A_silo_has_its_place_in_the_cluster_while_it_is_active(SiloStatus status, bool isThere)
    {
        var silos = DispatchProxy.Create<ISiloStatusOracle, Silos>();
        ((Silos)silos).Status = status;
        Assert.Equal(isThere ? null : "this silo's place in the cluster", await new SiloCheck(silos).Missing());
    }

    // Alive all the while.
    private static async Task IsMissing(ClusterProcess process, string what)
    {
        using var http = new HttpClient { BaseAddress = process.Url };
        for (var (since, said) = (TimeProvider.System.GetTimestamp(), ""); !said.Contains(what, StringComparison.Ordinal); await Task.Delay(50))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"'{what}' is not said to be missing; last: {said}\n{process.Said}");
            using var answer = await http.GetAsync("health/ready");
            said = answer.StatusCode == HttpStatusCode.ServiceUnavailable ? await answer.Content.ReadAsStringAsync() : $"{answer.StatusCode}";
            using var live = await http.GetAsync("health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }
    }

    /// <summary>As Orleans tells of the silo that is asked.</summary>
    public class Silos : DispatchProxy
    {
        public SiloStatus Status { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == $"get_{nameof(ISiloStatusOracle.CurrentStatus)}" ? Status : throw new NotSupportedException(targetMethod.Name);
    }
}
