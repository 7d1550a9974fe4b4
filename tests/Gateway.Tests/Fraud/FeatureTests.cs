using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>What decisions saw of others than the payer: addresses, devices, and what the payer was credited with.</summary>
[Collection(GatewayCollection.Name)]
public sealed class FeatureTests(SharedServer shared)
{
    [Fact]
    public async Task An_address_counts_its_payers_and_a_device_its_own()
    {
        var (first, second, creditor) = (await shared.Account(shard: 0), await shared.Account(shard: 0), await shared.Account("0", shard: 0));
        var more = $$""","ipAddress":"2001:db8::{{Random.Shared.Next(1, 0xFFFF):x}}:{{Random.Shared.Next(1, 0xFFFF):x}}","deviceId":"{{shared.Name("device")}}" """;
        Assert.Equal((1, 1, 1), await Seen(await shared.Pay(first, creditor, "1.00", more: more)));
        // The same payer again is no other one, nor is its device new; another payer's is.
        Assert.Equal((1, 1, 0), await Seen(await shared.Pay(first, creditor, "1.00", more: more)));
        Assert.Equal((2, 2, 1), await Seen(await shared.Pay(second, creditor, "1.00", more: more)));
        var without = await Features(await shared.Pay(first, creditor, "1.00"));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (without.GetProperty("ip_payers1_hour").ValueKind, without.GetProperty("device_payers24_hours").ValueKind));
    }

    [Fact]
    public async Task In_a_batch_each_payment_is_seen_in_its_order()
    {
        var (payer, creditor) = (await shared.Account("3.00", shard: 0), await shared.Account("0", shard: 0));
        var device = $$""","deviceId":"{{shared.Name("device")}}" """;
        var items = Enumerable.Range(0, 4).Select(i => SharedServer.Body(payer, creditor, "1.00", $$""","idempotencyKey":"{{shared.Name("b")}}" """ + (i % 2 == 0 ? device : "")));
        var answer = (await shared.Bank.Post("/payments/batch", "[" + string.Join(',', items) + "]")).Is(HttpStatusCode.OK);
        // The account covers three: the last one of four is the one that is declined.
        Assert.Equal(["settled", "settled", "settled", "rejected"], Results(answer).Select(static item => item.GetProperty("payment").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Credits_are_seen_when_their_receiver_pays()
    {
        var (payer, mule, out1) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0), await shared.Account("0", shard: 0));
        await shared.Pay(payer, mule, "30.00");
        await shared.Pay(payer, mule, "20.00");
        var features = await Features(await shared.Pay(mule, out1, "49.00"));
        Assert.Equal((2L, 5000L, 1L), (features.GetProperty("incoming24_hours").GetInt64(), features.GetProperty("incoming_sum24_hours").GetInt64(), features.GetProperty("incoming_distinct24_hours").GetInt64()));
        Assert.InRange(features.GetProperty("since_incoming_ms").GetInt64(), 0, 600_000);
    }

    private async Task<(long Address, long Device, long IsNew)> Seen(Answer payment)
    {
        var features = await Features(payment);
        return (features.GetProperty("ip_payers1_hour").GetInt64(), features.GetProperty("device_payers24_hours").GetInt64(), features.GetProperty("device_is_new").GetInt64());
    }

    private async Task<JsonElement> Features(Answer payment) =>
        (await shared.Analyst.Get("/fraud/decisions/" + payment["id"])).Is(HttpStatusCode.OK).Json.GetProperty("features");

    private static IEnumerable<JsonElement> Results(Answer answer) => answer.Json.ValueKind == JsonValueKind.Array ? answer.Json.EnumerateArray() : answer.Json.GetProperty("data").EnumerateArray();
}
