using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Archive;
using Ledger.Postgres;
using Servers;

namespace Silo.Tests.Transfers;

/// <summary>
/// A transfer that is resumed, or that a forgotten process drives on, after longer than keys are kept and the log is: no step is taken
/// twice, and none is lost.
/// </summary>
public sealed class LateStepsTests : IAsyncLifetime
{
    private static readonly TimeSpan LongerThanKeys = TimeSpan.FromDays(40);

    private readonly string[] places = [TestPostgres.NewDatabase(), TestPostgres.NewDatabase()];
    private readonly string archives = Directory.CreateTempSubdirectory("payments-late-steps-").FullName;
    private readonly ManualTime time = new();
    private readonly PostgresSettings[] databases;
    private readonly TransferProcess process;
    private readonly TransferProcess other;
    private AccountRecord debtor = null!;
    private AccountRecord creditor = null!;

    public LateStepsTests()
    {
        databases = [.. places.Select(static place => PostgresSettings.Parse(place, isProduction: false))];
        (process, other) = (new TransferProcess(databases, time), new TransferProcess(databases, time));
    }

    public async Task InitializeAsync()
    {
        (debtor, creditor) = (await process.Open(0, "debtor"), await process.Open(1, "creditor"));
        await process.Fund(debtor, 100);
    }

    public Task DisposeAsync()
    {
        process.Dispose();
        other.Dispose();
        foreach (var place in places)
            TestPostgres.Shared.Drop(place);
        Directory.Delete(archives, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    public async Task A_step_that_waited_longer_than_keys_are_kept_is_not_taken_again(bool isRefused, int away)
    {
        var first = await process.Debit(debtor, creditor, 30);
        if (isRefused)
            await process.Close(creditor);
        // One process cannot reach a shard, and its step waits; another one takes the transfer to its end.
        var late = process.Saga.Run(first, isResumed: false);
        await process.Until(() => process.Writers[away].QueueDepth == 1, 1 - away);
        var end = await other.Drive(other.Saga.Run(first, isResumed: true), 0, 1);
        await Pass();

        Assert.Equal(end.Id, (await process.Drive(late, 0, 1)).Id);
        await IsDoneOnce(first, isRefused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_other_shard_decided_is_found_though_it_let_go_of_its_log(bool isRefused)
    {
        var first = await process.Debit(debtor, creditor, 30);
        if (isRefused)
            await process.Close(creditor);
        // The process that drives it never comes to the end.
        _ = process.Saga.Run(first, isResumed: false);
        await process.Until(() => process.Writers[0].QueueDepth == 1, 1);
        await Pass();
        Prune();

        var left = await other.Writers[0].Reader.FindRow(first.Id);
        Assert.NotNull(left);
        await other.Drive(other.Saga.Run(left, isResumed: true), 0, 1);
        await IsDoneOnce(first, isRefused);
        IsSound();
        await Pass();
        Prune();
        IsSound();
        Assert.Null(await other.Writers[0].Reader.FindRow(first.Id));
        Assert.Empty(await other.Writers[1].Reader.PaymentRows(first.Id));
    }

    [Fact]
    public async Task Money_goes_back_though_the_shard_where_it_was_paid_let_go_of_the_payment()
    {
        var (_, paid) = await Paid();
        await Pass();
        Prune(0);
        Assert.Empty(await process.Writers[0].Reader.PaymentRows(paid.Payment));
        var back = await process.Debit(creditor, debtor, 30, Back(paid));
        Assert.Equal(EventType.PaymentSettled, (await process.Drive(process.Saga.Run(back, isResumed: false), 0, 1)).Type);
        Assert.Equal((100, 0), (await Posted(debtor), await Posted(creditor)));
        await Mirror();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Money_that_goes_back_for_longer_than_the_log_is_kept_arrives_or_is_the_creditor_s_again(bool isRefused)
    {
        var (first, paid) = await Paid();
        await process.Drive(process.Saga.Run(await process.Debit(debtor, creditor, 70), isResumed: false), 0, 1);
        if (isRefused)
            await process.Close(debtor);
        var back = await process.Debit(creditor, debtor, 30, Back(paid));
        await Pass();
        Prune();

        var end = await other.Drive(other.Saga.Run((await other.Writers[1].Reader.FindRow(back.Id))!, isResumed: true), 0, 1);
        Assert.Equal(isRefused ? EventType.PaymentRejected : EventType.PaymentSettled, end.Type);
        Assert.Equal((isRefused ? 0 : 30, isRefused ? 100 : 70), (await Posted(debtor), await Posted(creditor)));
        Assert.Equal(isRefused ? 0 : 30, await other.Writers[1].Reader.AmountReturned(paid.Id));
        Assert.Equal(isRefused ? 0 : 1, (await other.Writers[0].Reader.PaymentRows(first.Id)).Count(static row => row.Type == EventType.PaymentReturned));
    }

    private async Task<(LogRow First, LogRow Credited)> Paid()
    {
        var first = await process.Debit(debtor, creditor, 30);
        Assert.Equal(EventType.PaymentSettled, (await process.Drive(process.Saga.Run(first, isResumed: false), 0, 1)).Type);
        return (first, (await process.Writers[1].Reader.PaymentRows(first.Id)).Single());
    }

    private PaymentData Back(LogRow paid) =>
        new(ReturnOf: new PaymentId(Bucket.Of(debtor.Id), paid.Payment), ReturnReason: "CUST", ReturnedCredit: paid.Id);

    private async Task IsDoneOnce(LogRow first, bool isRefused)
    {
        Assert.Equal((isRefused ? 100 : 70, isRefused ? 0 : 30), (await Posted(debtor), await Posted(creditor)));
        Assert.Single(await other.Writers[0].Reader.PaymentRows(first.Id), PaymentReader.IsEnd);
        Assert.Single(await other.Writers[1].Reader.PaymentRows(first.Id));
        Assert.Empty(await other.Writers[0].Reader.Due(long.MaxValue, 10));
        await Mirror();
    }

    /// <summary>Time, in which neither shard's newest event is one of the transfer.</summary>
    private async Task Pass()
    {
        await other.Decline(debtor);
        await other.Decline(creditor);
        time.Advance(LongerThanKeys);
        await other.Tick();
    }

    private async Task Mirror()
    {
        var transits = await Task.WhenAll(Enumerable.Range(0, 2).Select(async shard =>
            (await other.Writers[shard].Reader.FindAccount(SystemAccountNumbers.Transit(1 - shard, Currency.Usd)))?.Counters.Posted ?? 0));
        Assert.Equal(0, transits.Sum());
    }

    private async Task<long> Posted(AccountRecord account) => (await other.Shards.Reader.FindAccount(account.Number))!.Counters.Posted;

    private void IsSound()
    {
        for (var shard = 0; shard < databases.Length; shard++)
            Assert.Empty(PostgresAudit.Verify(databases[shard], null, CancellationToken.None, Archive(shard)).Findings);
    }

    private void Prune()
    {
        Prune(0);
        Prune(1);
    }

    private void Prune(int shard)
    {
        LogArchive.OfDatabase(databases[shard], Archive(shard), 1, true, null, CancellationToken.None);
        PostgresPruning.Prune(databases, shard, Archive(shard), PostgresPruning.LeastAge, null, CancellationToken.None);
    }

    private string Archive(int shard) => Path.Combine(archives, $"{shard}");
}
