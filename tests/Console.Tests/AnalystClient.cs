using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Console.Tests;

/// <summary>The sandbox's analysts over the API, and payments that are held for them.</summary>
internal sealed class AnalystClient : IDisposable
{
    public const string First = "sk_sandbox_analyst";
    public const string Second = "sk_sandbox_analyst2";

    /// <summary>Who acts with the key.</summary>
    public static string NameOf(string key) => key["sk_sandbox_".Length..];

    private readonly HttpClient http;

    public AnalystClient(string url, string key = First)
    {
        http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public void Dispose() => http.Dispose();

    /// <summary>The case of a payment from London a moment after one from New York; the payer is new, so that nothing but the travel is remarkable.</summary>
    public async Task<HeldCase> Hold(string amount, BankClient bank)
    {
        var payer = $"payer-{Guid.NewGuid():N}"[..20];
        await bank.OpenAccount(payer, "100000.00");
        await bank.Pay("10.00", payer, location: BankClient.NewYork);
        var held = await bank.Pay(amount, payer, location: BankClient.London);
        Assert.Equal("held", (string)held["status"]!);
        var payment = (string)held["id"]!;
        var opened = Assert.Single((await Get("/fraud/cases?paymentId=" + payment))["data"]!.AsArray())!;
        return new HeldCase((string)opened["id"]!, payment, payer);
    }

    /// <summary>The alert that one device raises which pays from several accounts, each with some money.</summary>
    public async Task<string> Raise(string amount, BankClient bank)
    {
        var device = $"device-{Guid.NewGuid():N}";
        var payer = "";
        for (var account = 0; account < 5; account++)
        {
            payer = $"payer-{Guid.NewGuid():N}"[..20];
            await bank.OpenAccount(payer, "1000.00");
            await bank.Pay(amount, payer, device: device);
        }

        for (var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1); ; await Task.Delay(100))
        {
            var alerts = (await Get("/fraud/alerts?detector=shared_device&limit=1000"))["data"]!.AsArray();
            if (alerts.FirstOrDefault(alert => alert!["accounts"]!.AsArray().Any(account => (string)account! == payer)) is { } raised)
                return (string)raised["id"]!;
            Assert.True(TimeProvider.System.GetUtcNow() < until, "The detector of shared devices raised no alert.");
        }
    }

    /// <summary>The case of a card payment: its card is on the watch list.</summary>
    public async Task<HeldCase> Watch(int cents, MerchantClient merchant)
    {
        const string Card = "payment_method=pm_card_mastercard&currency=usd&confirm=true&expand[]=latest_charge";
        var (first, _) = await merchant.Post("/v1/payment_intents", "amount=500&" + Card);
        var fingerprint = (string)first["latest_charge"]!["payment_method_details"]!["card"]!["fingerprint"]!;
        using var listed = await http.PostAsJsonAsync("/fraud/lists/watch/entries", new JsonObject { ["kind"] = "card", ["value"] = fingerprint, ["reason"] = "A test." });
        Assert.True(listed.IsSuccessStatusCode || listed.StatusCode == System.Net.HttpStatusCode.Conflict, await listed.Content.ReadAsStringAsync());
        var (intent, _) = await merchant.Post("/v1/payment_intents", $"amount={cents}&{Card}");
        var opened = Assert.Single((await Get("/fraud/cases?status=open&limit=1000"))["data"]!.AsArray(), one => (string)one!["paymentId"]! == (string)intent["id"]!)!;
        return new HeldCase((string)opened["id"]!, (string)intent["id"]!, fingerprint);
    }

    public Task<JsonNode> Case(string id) => Get("/fraud/cases/" + id);

    public async Task Act(string id, string action, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/fraud/cases/{id}/{action}") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits for the case to be closed; a few seconds are less than an analyst has to undo.</summary>
    public async Task<JsonNode> Closed(string id, TimeSpan within)
    {
        for (var until = TimeProvider.System.GetUtcNow() + within; ; await Task.Delay(100))
        {
            var now = await Case(id);
            if ((string)now["status"]! == "closed")
                return now;
            Assert.True(TimeProvider.System.GetUtcNow() < until, $"The case {id} was not closed within {within.TotalSeconds} s: {now}");
        }
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}

internal sealed record HeldCase(string Id, string Payment, string Payer);
