using Grains.Acquirers.Sandbox;
using Grains.Checkout;
using Ledger.Documents;
using Ledger.Postgres;
using Ledger.Sealing;
using Servers;

namespace Checkout.Tests;

/// <summary>Two processes on one PostgreSQL ledger, and one sandbox acquirer behind both.</summary>
public sealed class SharedBookTests
{
    private const int Payments = 6;

    [Fact]
    public async Task What_one_process_authorized_the_other_captures_and_the_ledger_equals_the_one_book()
    {
        var database = TestPostgres.NewDatabase();
        await using var first = await ProductProcess.Start(("Payments__Ledger__ConnectionString", database));
        await using var second = await ProductProcess.Start(("Payments__Ledger__ConnectionString", database));
        using var one = new MerchantApi(first.Url);
        using var other = new MerchantApi(second.Url);
        for (var i = 0; i < Payments; i++)
        {
            var held = await Done(one, "/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual");
            Assert.Equal("requires_capture", held["status"]);
            Assert.Equal("succeeded", (await Done(other, $"/v1/payment_intents/{held["id"]}/capture", ""))["status"]);
            Assert.Equal("succeeded", (await Done(one, "/v1/refunds", $"payment_intent={held["id"]}&amount=500"))["status"]);
        }

        // Both at once: each payment is one authorization of its own.
        await Task.WhenAll(Enumerable.Range(0, Payments).Select(i => Done(i % 2 == 0 ? one : other, "/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true")));
        var settings = PostgresSettings.Parse(database, isProduction: false);
        using (var book = new PostgresBook(settings))
        {
            var authorizations = new SharedSandboxBook(book).Authorizations;
            Assert.Equal(2 * Payments, authorizations.Count);
            Assert.All(authorizations, static authorization => Assert.Equal((2_000, 2_000, true), (authorization.Authorized, authorization.Captured, authorization.Closed)));
            Assert.Equal(Payments * 500, authorizations.Sum(static authorization => authorization.Refunded));
        }

        using var registry = new PostgresRegistry(settings, TimeProvider.System);
        using var key = WrappedMasterKey.Load(registry, null);
        using var log = DocumentLog.OfDatabase(settings);
        var (documents, found) = DocumentAudit.Verify(log, key, null, CancellationToken.None);
        Assert.Empty(found);
        Assert.True(documents > 2 * Payments, $"Only {documents} documents were compared.");
    }

    // The account goes from process to process: who has not got it yet says that nothing was recorded.
    private static async Task<WireReply> Done(MerchantApi api, string path, string form)
    {
        var key = Guid.NewGuid().ToString();
        for (var attempt = 0; ; attempt++)
        {
            var reply = await api.Post(path, form, key);
            if (reply.Status is not (409 or 503) || attempt == 100)
                return reply.Ok();
            await Task.Delay(50);
        }
    }
}
