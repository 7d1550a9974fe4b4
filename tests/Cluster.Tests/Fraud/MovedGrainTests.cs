using System.Net;
using System.Text.Json;
using Gateway.Tests;

namespace Cluster.Tests.Fraud;

/// <summary>
/// Addresses, devices and cards are known in memory alone: what they saw goes along where a silo more takes them over.
/// </summary>
public sealed class MovedGrainTests
{
    private const int Entities = 24;
    private const int Cards = 12;
    private const int Seen = 3;
    private const int QuietLooks = 6;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task They_count_on_where_a_third_silo_takes_them_over()
    {
        await using var cluster = await Start();
        await SeeAll(cluster);
        var third = await cluster.AddSilo();
        var began = TimeProvider.System.GetTimestamp();
        // All nearly at once: then, in several looks, no more do.
        var quiet = 0;
        for (long moved = 0, before = -1; moved < ((2 * Entities) + Cards) / 6 || quiet < QuietLooks;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, $"{moved} grains moved to the third silo.");
            await Task.Delay(500);
            (before, moved) = (moved, (await Task.WhenAll(cluster.Silos.Select(static silo => silo.Metric("grains_moved_total")))).Sum());
            quiet = moved == before ? quiet + 1 : 0;
        }

        await AllKnow(cluster);
        Assert.True(await third.Metric("grains_active") > 0, "The third silo was asked nothing.");
    }

    // What is asked for is waited for: a decision that goes on without it tells nothing here.
    private static Task<RunningCluster> Start() => RunningCluster.Start(silos: 2, "--Payments:Fraud:EntityDeadline", "00:00:01");

    private static async Task SeeAll(RunningCluster cluster)
    {
        for (var payer = 1; payer <= Seen; payer++)
        {
            for (var entity = 0; entity < Entities; entity++)
                Assert.Equal((payer, payer), await PaidFrom(cluster, entity, payer));
            for (var card = 0; card < Cards; card++)
                Assert.Equal(payer - 1, await Tried(cluster, card));
        }
    }

    private static async Task AllKnow(RunningCluster cluster)
    {
        var forgot = new List<string>();
        for (var entity = 0; entity < Entities; entity++)
            if (await PaidFrom(cluster, entity, Seen + 1) is var known && known != (Seen + 1, Seen + 1))
                forgot.Add($"entity {entity}: {known}");
        for (var card = 0; card < Cards; card++)
            if (await Tried(cluster, card) is var known && known != Seen)
                forgot.Add($"card {card}: {known}");
        Assert.True(forgot.Count == 0, string.Join(", ", forgot));
    }

    // Distinct payers that its address and its device had, by what the decision recorded.
    private static async Task<(long? Address, long? Device)> PaidFrom(RunningCluster cluster, int entity, int payer)
    {
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 4);
        var body = SharedServer.Body($"sandbox_{payer + 1:0000}", "sandbox_0500", "0.01", $$""","deviceId":"moved-{{entity}}","ipAddress":"198.51.100.{{entity}}" """);
        var paid = await Sent(() => bank.Post("/payments", body, $"moved-{entity}-{payer}"), HttpStatusCode.Created);
        return await Features(cluster, paid["id"]) is var features ? (Number(features, "ip_payers1_hour"), Number(features, "device_payers24_hours")) : default;
    }

    // Attempts with the card in the day before, at all merchants.
    private static async Task<long?> Tried(RunningCluster cluster, int card)
    {
        using var merchant = new Api(cluster.Gateway.Url, Keys.Merchant, 4);
        using var browser = new Api(cluster.Gateway.Url, Keys.MerchantPublishable, 4);
        // Sent again, it is no second attempt.
        var key = Guid.NewGuid().ToString();
        var token = await Sent(() => Form(browser, "/v1/tokens", $"card[number]={Luhn(400_000_731_000_000L + card)}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123"), HttpStatusCode.OK);
        var tried = await Sent(() => Form(merchant, "/v1/payment_intents", $"amount=150&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token["id"]}", key), HttpStatusCode.PaymentRequired);
        return Number(await Features(cluster, tried.Json.GetProperty("error").GetProperty("charge").GetString()!), "card_attempts24_hours");
    }

    private static async Task<JsonElement> Features(RunningCluster cluster, string payment)
    {
        using var analyst = new Api(cluster.Gateway.Url, Keys.Analyst, 4);
        var decision = (await analyst.Get("/fraud/decisions/" + payment)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(0, decision.GetProperty("fellBack").GetArrayLength());
        return decision.GetProperty("features");
    }

    // While silos come and go an outcome may be unknown for a while.
    private static async Task<Answer> Sent(Func<Task<Answer>> send, HttpStatusCode expected)
    {
        var began = TimeProvider.System.GetTimestamp();
        Answer answer;
        while ((answer = await send()).Status is HttpStatusCode.GatewayTimeout or HttpStatusCode.ServiceUnavailable)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, answer.Text);
            await Task.Delay(100);
        }

        return answer.Is(expected);
    }

    private static Task<Answer> Form(Api api, string path, string form, string? key = null) =>
        api.Send(HttpMethod.Post, path, form.Replace("[", "%5B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal), key, "application/x-www-form-urlencoded");

    private static long? Number(JsonElement features, string name) => features.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt64() : null;

    // With a last digit that passes its check (ISO/IEC 7812-1, annex B).
    private static string Luhn(long number)
    {
        var digits = $"{number}";
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (digits[i] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return digits + ((10 - (sum % 10)) % 10);
    }
}
