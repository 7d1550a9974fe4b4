using Checkout.Tests;
using Gateway.Tests;

namespace Cluster.Tests;

/// <summary>Stripe's unmodified SDK against the gateway of a cluster: the scripts that the embedded edition is tested with.</summary>
[Collection(GatewayCollection.Name)]
public sealed class CheckoutTests(SharedServer shared)
{
    [Theory]
    [InlineData("customers.mjs")]
    [InlineData("cards.mjs")]
    [InlineData("captures.mjs")]
    [InlineData("refunds.mjs")]
    [InlineData("disputes.mjs")]
    [InlineData("challenges.mjs")]
    [InlineData("requests.mjs")]
    [InlineData("lists.mjs")]
    [InlineData("webhooks.mjs")]
    [InlineData("payouts.mjs")]
    [InlineData("sessions.mjs")]
    public async Task A_merchant_works_with_the_SDK(string script)
    {
        var records = Directory.CreateTempSubdirectory("payments-records-");
        await NodeClient.Run(script, shared.Url.ToString().TrimEnd('/'), ("RECORD", records.FullName), ("TEST_CARDS", Material.Path("stripe/test_cards.json")));
        records.Delete(recursive: true);
    }
}
