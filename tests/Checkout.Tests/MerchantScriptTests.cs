namespace Checkout.Tests;

/// <summary>The unmodified npm SDK as a merchant's backend: each script is one part of a merchant's life, and asserts as it goes.</summary>
public sealed class MerchantScriptTests(SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Theory]
    [InlineData("customers.mjs")]
    [InlineData("cards.mjs")]
    [InlineData("captures.mjs")]
    [InlineData("refunds.mjs")]
    [InlineData("disputes.mjs")]
    [InlineData("challenges.mjs")]
    [InlineData("setups.mjs")]
    [InlineData("requests.mjs")]
    [InlineData("lists.mjs")]
    [InlineData("search.mjs")]
    [InlineData("currencies.mjs")]
    [InlineData("webhooks.mjs")]
    [InlineData("payouts.mjs")]
    [InlineData("sessions.mjs")]
    [InlineData("reviews.mjs")]
    public Task A_merchant_works_with_the_SDK(string script) => NodeClient.Run(script, product.Url, ("RECORD", product.Records), ("TEST_CARDS", Material.Path("stripe/test_cards.json")));
}

/// <summary>One product for all scripts, and a folder for the answers that they record.</summary>
public sealed class SandboxProduct : IAsyncLifetime
{
    private ProductProcess? process;

    public string Url => process!.Url;

    public string Records { get; } = Directory.CreateTempSubdirectory("payments-records-").FullName;

    public async Task InitializeAsync() => process = await ProductProcess.Start();

    public async Task DisposeAsync()
    {
        await process!.DisposeAsync();
        Directory.Delete(Records, recursive: true);
    }
}
