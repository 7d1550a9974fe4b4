using System.Net;

namespace Crash;

/// <summary>The sandbox's keys are public: it is served on loopback, and in production never.</summary>
public sealed class SandboxTests
{
    private const int UsageError = 2;

    private static readonly Dictionary<string, string> Production = new() { ["ASPNETCORE_ENVIRONMENT"] = "Production" };

    [Fact]
    public async Task In_production_it_is_refused()
    {
        using var data = new DataDirectory();
        await ExpectRefusal(new ProductOptions { Data = data.Path, Arguments = ["--sandbox"], Environment = Production }, "Production");
        await ExpectRefusal(new ProductOptions { Data = data.Path, Environment = new(Production) { ["Payments__Gateway__Sandbox"] = "true" } }, "Production");
        await ExpectRefusal(new ProductOptions { Data = data.Path, Arguments = ["--sandbox"], Environment = new() { ["DOTNET_ENVIRONMENT"] = "Production" } }, "Production");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task On_an_open_address_it_is_refused(string urls)
    {
        using var data = new DataDirectory();
        await ExpectRefusal(new ProductOptions { Data = data.Path, Urls = urls }, "--sandbox");
    }

    [Fact]
    public async Task In_production_its_keys_and_paths_are_unknown()
    {
        using var data = new DataDirectory();
        await using (var sandbox = await PaymentsProcess.Start(data))
        {
            using var bank = new BankClient(sandbox.Address);
            Assert.Equal(HttpStatusCode.OK, (await bank.Get("accounts/123456789")).Status);
            sandbox.Terminate();
            Assert.Equal(0, await sandbox.Ended());
        }

        // The same directory: what the sandbox wrote must not open the door.
        await using var product = await PaymentsProcess.Start(new ProductOptions { Data = data.Path, Environment = Production });
        foreach (var key in new[] { "sk_sandbox_bank", "sk_sandbox_bank2", "sk_sandbox_analyst", "sk_sandbox_admin", "sk_test_sandbox_merchant" })
        {
            using var caller = new BankClient(product.Address, apiKey: key);
            Assert.Equal(HttpStatusCode.Unauthorized, (await caller.Get("accounts/123456789")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await caller.Post("payments", """{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""", "k")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await caller.Post("sandbox/accounts/123456789/fund", """{"amount":"1.00"}""")).Status);
        }

        Assert.DoesNotContain("sk_", product.Output, StringComparison.Ordinal);
    }

    private static async Task ExpectRefusal(ProductOptions options, string word)
    {
        await using var product = PaymentsProcess.Launch(options);
        Assert.Equal(UsageError, await product.Ended());
        Assert.Contains(word, product.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(options.Data));
    }
}
