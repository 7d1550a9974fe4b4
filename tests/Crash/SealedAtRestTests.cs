using System.Net;
using System.Text;

namespace Crash;

/// <summary>What says something about a person is in clear in no file and no output, but in the answers to its owner.</summary>
public sealed class SealedAtRestTests
{
    private const string DebtorName = "Bait Debtorname Quixotl";
    private const string CreditorName = "Bait Creditorname Zephyrn";
    private const string RemittanceInfo = "Bait Remittance for the Vermilion Kayak";
    private const string EndToEndId = "BAIT-E2E-Wyvern7781";
    private const string DeviceId = "bait-device-okapi-5512";
    private const string IpAddress = "203.0.113.77";
    private const string MetadataKey = "bait_metadata_key_narwhal";
    private const string MetadataValue = "bait metadata value gryphon";
    private const string PlaceName = "Bait Place Ultima Thule";
    private const string AccountName = "Bait Accountname Mandrake";
    private const string FreezeReason = "Bait freeze reason: Basilisk inquiry";

    private static readonly string[] OfPayment = [DebtorName, CreditorName, RemittanceInfo, EndToEndId, DeviceId, IpAddress, MetadataKey, MetadataValue, PlaceName];

    private static string[] All => [.. OfPayment, AccountName, FreezeReason];

    private static string Payment => $$"""
        {"amount":"1.50","currency":"USD","debtorAccount":"bait-debtor","creditorAccount":"987654321","remittanceInfo":"{{RemittanceInfo}}",
        "endToEndId":"{{EndToEndId}}","debtorName":"{{DebtorName}}","creditorName":"{{CreditorName}}","deviceId":"{{DeviceId}}","ipAddress":"{{IpAddress}}",
        "location":{"latitude":41.5,"longitude":-71.25,"name":"{{PlaceName}}"},"metadata":{"{{MetadataKey}}":"{{MetadataValue}}"} }
        """;

    [Fact]
    public async Task Personal_fields_are_in_clear_only_in_answers()
    {
        using var data = new DataDirectory();
        await using var product = await PaymentsProcess.Start(new ProductOptions { Data = data.Path, Environment = new() { ["Logging__LogLevel__Default"] = "Debug" } });
        using var bank = new BankClient(product.Address);
        var payment = await Record(bank);
        await ExpectAnswers(bank, payment);
        // While it runs the log beside the file holds them; once it has ended, the file alone.
        ExpectNothingIn(data, product);
        product.Terminate();
        Assert.Equal(0, await product.Ended());
        ExpectNothingIn(data, product);
    }

    [Fact]
    public async Task A_clear_text_would_be_found()
    {
        using var data = new DataDirectory();
        await File.WriteAllTextAsync(data.File("utf8"), $"…{RemittanceInfo}…");
        await File.WriteAllTextAsync(data.File("utf16"), $"…{DeviceId}…", Encoding.Unicode);
        Assert.Equal([$"utf16: {DeviceId}", $"utf8: {RemittanceInfo}"], Found(data).Order());
    }

    private static async Task<string> Record(BankClient bank)
    {
        Assert.Equal(HttpStatusCode.Created, (await bank.Post("accounts", $$"""{"id":"bait-debtor","currency":"USD","name":"{{AccountName}}"}""", "open")).Status);
        Assert.Equal(HttpStatusCode.OK, (await bank.Post("sandbox/accounts/bait-debtor/fund", """{"amount":"10.00"}""", "fund")).Status);
        var first = await bank.Post("payments", Payment, "bait-1");
        Assert.True(first.Status == HttpStatusCode.Created && first.Json.GetProperty("status").GetString() == "settled", first.Body);
        var batch = await bank.Post("payments/batch", $$"""[{"idempotencyKey":"bait-2",{{Payment[1..]}}]""");
        Assert.Equal(201, Assert.Single(batch.Json.EnumerateArray()).GetProperty("status").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await bank.Post("accounts/bait-debtor/freeze", $$"""{"reason":"{{FreezeReason}}"}""", "freeze")).Status);
        var declined = await bank.Post("payments", Payment, "bait-3");
        Assert.Equal("rejected", declined.Json.GetProperty("status").GetString());
        // Refusals, which are recorded nowhere, must not be logged either.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bank.Post("payments", Payment.Replace("1.50", "1.505", StringComparison.Ordinal), "bait-4")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bank.Post("payments", Payment.Replace("1.50", "2.50", StringComparison.Ordinal), "bait-1")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bank.Post("payments", Payment[..^3], "bait-5")).Status);
        return first.Json.GetProperty("id").GetString()!;
    }

    private static async Task ExpectAnswers(BankClient bank, string payment)
    {
        var read = (await bank.Get($"payments/{payment}")).Body;
        Assert.All(OfPayment, bait => Assert.Contains(bait, read, StringComparison.Ordinal));
        Assert.Contains(AccountName, (await bank.Get("accounts/bait-debtor")).Body, StringComparison.Ordinal);
        Assert.Contains(FreezeReason, (await bank.Get("events?after=0&type=account.frozen")).Body, StringComparison.Ordinal);
        Assert.Contains(payment, (await bank.Get($"payments?endToEndId={EndToEndId}")).Body, StringComparison.Ordinal);
    }

    private static void ExpectNothingIn(DataDirectory data, PaymentsProcess product)
    {
        Assert.Contains(data.Files, static file => file.EndsWith("ledger.db", StringComparison.Ordinal));
        Assert.Empty(Found(data));
        Assert.All(All.Except([EndToEndId]), bait => Assert.DoesNotContain(bait, product.Output, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Found(DataDirectory data)
    {
        // The empty file is the lock: nobody else may open it.
        foreach (var file in data.Files.Where(static file => new FileInfo(file).Length > 0))
        {
            var bytes = DataDirectory.ReadShared(file);
            foreach (var bait in All)
                if (new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode }.Any(encoding => bytes.AsSpan().IndexOf(encoding.GetBytes(bait)) >= 0))
                    yield return $"{Path.GetFileName(file)}: {bait}";
        }
    }
}
