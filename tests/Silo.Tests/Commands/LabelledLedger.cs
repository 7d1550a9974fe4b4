using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Silo.Tests.Commands;

/// <summary>
/// A ledger with a history, made over HTTP: each half day a round of payers pays at home, and some of them from another continent at
/// once, which is held; analysts close those cases with a label. Above 500 it was fraud.
/// </summary>
internal sealed class LabelledLedger(string url) : IDisposable
{
    public const int Rounds = 60;
    public const int PaidARound = 20;
    public const int FraudsARound = 3;
    public const int FalseAlarmsARound = 3;
    public const int PaymentsARound = PaidARound + FraudsARound + FalseAlarmsARound;

    private const string Home = """{"latitude":40.7128,"longitude":-74.0060,"name":"New York"}""";
    private const string Away = """{"latitude":51.5074,"longitude":-0.1278,"name":"London"}""";
    private const string Creditor = "shop";

    private readonly HttpClient bank = Client(url, "sk_sandbox_bank");
    private readonly HttpClient analyst = Client(url, "sk_sandbox_analyst");
    private readonly Random random = new(5);

    public HttpClient Administrator { get; } = Client(url, "sk_sandbox_admin");

    /// <summary>The cases of each round, with their payments.</summary>
    public List<List<(string Case, string Payment)>> Cases { get; } = [];

    /// <summary>The parties.</summary>
    public async Task Open()
    {
        await Send(bank, "/accounts", $$"""{"id":"{{Creditor}}","currency":"USD"}""");
        for (var payer = 0; payer < PaidARound; payer++)
        {
            await Send(bank, "/accounts", $$"""{"id":"payer_{{payer}}","currency":"USD"}""");
            await Send(bank, $"/sandbox/accounts/payer_{payer}/fund", """{"amount":"1000000.00"}""");
        }
    }

    public async Task PayAndLabel()
    {
        for (var round = 0; round < Rounds; round++)
            await Round();
    }

    public async Task Return(string payment, string reason) => await Send(bank, $"/payments/{payment}/return", $$"""{"reason":"{{reason}}"}""");

    /// <summary>A payment at home, of which nobody will say anything.</summary>
    public async Task<string> PayAtHome(int payer, decimal amount) => (await Pay(payer, amount, Home)).GetProperty("id").GetString()!;

    /// <summary>Held: from home to another continent at once.</summary>
    public async Task<JsonElement> PayAway(int payer, decimal amount)
    {
        await Pay(payer, 1, Home);
        return await Pay(payer, amount, Away);
    }

    public async Task<JsonElement> Decision(string payment) => await Get("/fraud/decisions/" + payment);

    public async Task<JsonElement> Get(string path) => await analyst.GetFromJsonAsync<JsonElement>(path);

    public Task Act(string id, string action, string body) => Send(analyst, $"/fraud/cases/{id}/{action}", body);

    public async Task Advance(TimeSpan time) => await Send(bank, "/sandbox/clock/advance", $$"""{"seconds":{{(long)time.TotalSeconds}}}""");

    public void Dispose()
    {
        bank.Dispose();
        analyst.Dispose();
        Administrator.Dispose();
    }

    private async Task Round()
    {
        await Advance(TimeSpan.FromHours(12));
        for (var payer = 0; payer < PaidARound; payer++)
            await PayAtHome(payer, random.Next(100, 100_000) / 100m);
        var cases = new List<(string, string)>();
        for (var trip = 0; trip < FraudsARound + FalseAlarmsARound; trip++)
        {
            var isFraud = trip < FraudsARound;
            // Another payer each time: who is caught today is at home again tomorrow.
            var payer = (Cases.Count * 7 + trip * 3) % PaidARound;
            var amount = isFraud ? random.Next(55_000, 100_000) : random.Next(100, 45_000);
            var payment = (await Pay(payer, amount / 100m, Away)).GetProperty("id").GetString()!;
            var id = await CaseOf(payment);
            await Act(id, isFraud ? "decline" : "approve", $$"""{"version":1,"label":"{{(isFraud ? "confirmed_fraud" : "false_positive")}}"}""");
            cases.Add((id, payment));
        }

        Cases.Add(cases);
    }

    public async Task<string> CaseOf(string payment) =>
        (await Get("/fraud/cases?paymentId=" + payment)).GetProperty("data")[0].GetProperty("id").GetString()!;

    private Task<JsonElement> Pay(int payer, decimal amount, string place) => Send(
        bank, "/payments",
        string.Create(CultureInfo.InvariantCulture, $$"""{"amount":"{{amount:0.00}}","currency":"USD","debtorAccount":"payer_{{payer}}","creditorAccount":"{{Creditor}}","location":{{place}}}"""));

    private static async Task<JsonElement> Send(HttpClient client, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("Idempotency-Key", $"\"{Guid.NewGuid():N}\"");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path} {body}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static HttpClient Client(string url, string key) => new() { BaseAddress = new Uri(url), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
}
