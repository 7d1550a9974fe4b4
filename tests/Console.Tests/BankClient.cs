using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Console.Tests;

/// <summary>The sandbox's first bank over the API: what the pages are compared with.</summary>
internal sealed class BankClient : IDisposable
{
    public const string Payer = "123456789";
    public const string Payee = "987654321";

    public static readonly (double Latitude, double Longitude, string Name) NewYork = (40.7128, -74.0060, "New York");
    public static readonly (double Latitude, double Longitude, string Name) London = (51.5074, -0.1278, "London");

    private readonly HttpClient http;

    public BankClient(string url)
    {
        http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_sandbox_bank");
    }

    public void Dispose() => http.Dispose();

    public async Task<JsonNode> Pay(string amount, string debtor = Payer, string creditor = Payee, string? endToEndId = null, (double Latitude, double Longitude, string Name)? location = null, string? device = null)
    {
        var body = new JsonObject { ["amount"] = amount, ["currency"] = "USD", ["debtorAccount"] = debtor, ["creditorAccount"] = creditor, ["remittanceInfo"] = "Invoice 7" };
        if (endToEndId is not null)
            body["endToEndId"] = endToEndId;
        if (device is not null)
            body["deviceId"] = device;
        if (location is var (latitude, longitude, name))
            body["location"] = new JsonObject { ["latitude"] = latitude, ["longitude"] = longitude, ["name"] = name };
        using var answer = await http.PostAsJsonAsync("/payments", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>An account of its own with some money.</summary>
    public async Task OpenAccount(string id, string amount)
    {
        using var opened = await http.PostAsJsonAsync("/accounts", new JsonObject { ["id"] = id, ["currency"] = "USD" });
        Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
        using var funded = await http.PostAsJsonAsync($"/sandbox/accounts/{id}/fund", new JsonObject { ["amount"] = amount });
        Assert.True(funded.IsSuccessStatusCode, await funded.Content.ReadAsStringAsync());
    }

    /// <summary>So many payments of 1.00, some at a time.</summary>
    public Task PayMany(int count, string debtor = Payer, string amount = "1.00") =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => await Pay(amount, debtor));

    /// <summary>What the log says of payments with a final answer, oldest first.</summary>
    public async Task<IReadOnlyList<PaymentEvent>> Payments()
    {
        var events = new List<PaymentEvent>();
        for (var after = "0"; ;)
        {
            var page = await Get($"/events?after={after}&limit=1000");
            events.AddRange(page["data"]!.AsArray().Select(static one => new PaymentEvent((string)one!["position"]!, (string)one["subject"]!, (string)one["type"]!)));
            if (!(bool)page["hasMore"]!)
                return [.. events.Where(static one => one.Type is "payment.settled" or "payment.rejected")];
            after = (string)page["next"]!;
        }
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}

internal sealed record PaymentEvent(string Position, string Payment, string Type);
