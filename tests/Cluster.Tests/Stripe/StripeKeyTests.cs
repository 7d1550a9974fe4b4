using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Silo.Cluster.Stripe;

namespace Cluster.Tests.Stripe;

/// <summary>Stripe forgets an idempotency key after a day; what was done under it is found all the same. Its clock is moved: it is these tests' own.</summary>
public sealed class StripeKeyTests(StripeSide stripe) : IClassFixture<StripeSide>
{
    private static int keys;

    [Fact]
    public async Task What_was_done_under_a_key_is_found_after_Stripe_forgot_the_key()
    {
        using var acquirer = new StripeAcquirer(stripe.Settings);
        var amount = StripeSide.NewAmount();
        var card = (await acquirer.Describe(Entry("4242424242424242"), CancellationToken.None)).Reference;
        var authorize = Ask(AcquirerOperation.Authorize, amount) with { CardReference = card };
        Assert.Null(await acquirer.Find(authorize, CancellationToken.None));
        await Lose(acquirer, authorize, "/v1/payment_intents");
        var authorized = await acquirer.Find(authorize, CancellationToken.None);
        Assert.Equal(AcquirerOutcome.Approved, authorized!.Outcome);

        var increase = Ask(AcquirerOperation.Increase, 10_000) with { Authorization = authorized.Reference };
        var capture = Ask(AcquirerOperation.Capture, 400) with { Authorization = authorized.Reference };
        var release = Ask(AcquirerOperation.Void, 1) with { Authorization = authorized.Reference, Final = true };
        var refund = Ask(AcquirerOperation.Refund, 150) with { Authorization = authorized.Reference };
        foreach (var (operation, path) in ((AcquirerRequest, string)[])[(increase, "/increment_authorization"), (capture, "/capture"), (release, "/capture"), (refund, "/v1/refunds")])
        {
            Assert.Null(await acquirer.Find(operation, CancellationToken.None));
            await Lose(acquirer, operation, path);
            Assert.Equal(AcquirerOutcome.Approved, (await acquirer.Find(operation, CancellationToken.None))!.Outcome);
        }

        var theirs = await stripe.Only(amount + 10_000);
        Assert.Equal(("succeeded", 400, 0), (theirs.GetProperty("status").GetString(), theirs.GetProperty("amount_received").GetInt64(), theirs.GetProperty("amount_capturable").GetInt64()));
        Assert.Equal(150, await stripe.Refunded(theirs));
        // That the key alone would not have held it: sent without asking, it is done again.
        Assert.Equal(AcquirerOutcome.Approved, (await acquirer.Submit(refund, CancellationToken.None)).Outcome);
        Assert.Equal(300, await stripe.Refunded(theirs));
    }

    [Fact]
    public async Task A_key_that_comes_with_another_operation_is_a_fault_and_loud()
    {
        using var acquirer = new StripeAcquirer(stripe.Settings);
        var amount = StripeSide.NewAmount();
        var authorize = Ask(AcquirerOperation.Authorize, amount) with { CardReference = (await acquirer.Describe(Entry("4242424242424242"), CancellationToken.None)).Reference, Final = true };
        Assert.Equal(AcquirerOutcome.Approved, (await acquirer.Submit(authorize, CancellationToken.None)).Outcome);
        await Assert.ThrowsAsync<InvalidOperationException>(() => acquirer.Submit(authorize with { Amount = amount + 1 }, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => acquirer.Find(authorize with { Amount = amount + 1 }, CancellationToken.None));
    }

    [Fact]
    public async Task A_key_that_Stripe_does_not_take_is_a_fault_of_the_setting_and_says_which()
    {
        var settings = stripe.Settings;
        settings.ApiKey = "sk_test_wrong";
        using var acquirer = new StripeAcquirer(settings);
        var request = Ask(AcquirerOperation.Refund, 1) with { Authorization = "pi_none" };
        foreach (var call in (Func<Task>[])[() => acquirer.Submit(request, CancellationToken.None), () => acquirer.Find(request, CancellationToken.None)])
        {
            var fault = await Assert.ThrowsAsync<InvalidOperationException>(call);
            Assert.Contains("Payments:Acquirer:Stripe:ApiKey", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(settings.ApiKey, fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_breaker_opens_where_Stripe_fails_and_closes_where_it_answers_again()
    {
        using var inner = new StripeAcquirer(stripe.Settings);
        using var acquirer = new ResilientAcquirer(inner, new AcquirerOptions { TimeoutMs = 5_000, Retries = 1, RetryDelayMs = 1, BreakerMinimumCalls = 4, BreakerPercent = 50, BreakMs = 500 }, TimeProvider.System);
        var amount = StripeSide.NewAmount();
        var card = (await acquirer.Describe(Entry("4242424242424242"), CancellationToken.None)).Reference;
        stripe.Wire.Next(WireFault.Failed, "/v1/payment_intents", int.MaxValue);
        try
        {
            // With the breaker open, further payments make no call.
            for (var calls = -1; calls != stripe.Wire.Calls("/v1/payment_intents");)
            {
                calls = stripe.Wire.Calls("/v1/payment_intents");
                await Assert.ThrowsAsync<AcquirerSilentException>(() => acquirer.Submit(Ask(AcquirerOperation.Authorize, amount) with { CardReference = card, Final = true }, CancellationToken.None));
            }
        }
        finally
        {
            stripe.Wire.Heal();
        }

        var request = Ask(AcquirerOperation.Authorize, amount) with { CardReference = card, Final = true };
        AcquirerAnswer? answer = null;
        for (var tries = 0; answer is null && tries < 400; tries++)
        {
            try
            {
                answer = await acquirer.Submit(request, CancellationToken.None);
            }
            catch (AcquirerSilentException)
            {
                await Task.Delay(25);
            }
        }

        Assert.Equal(AcquirerOutcome.Approved, answer?.Outcome);
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    private async Task Lose(StripeAcquirer acquirer, AcquirerRequest request, string path)
    {
        stripe.Wire.Next(WireFault.AnswerLost, path);
        await Assert.ThrowsAsync<AcquirerSilentException>(() => acquirer.Submit(request, CancellationToken.None));
        await stripe.ForgetKeys();
    }

    private static CardEntry Entry(string number) => new(number, 12, 2034, "123", null);

    private static AcquirerRequest Ask(AcquirerOperation operation, long amount) =>
        new($"pi_test:{Interlocked.Increment(ref keys)}", operation, amount, "usd", null, null, false, false, false, false, false);
}
