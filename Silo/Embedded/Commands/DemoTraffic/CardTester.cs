using System.Net.Http.Headers;
using System.Text.Json;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>
/// Somebody who tries out made-up cards at the sandbox's merchant: small payments from one browser, each with another card, of which
/// the bank takes none. Beside it goes a customer's payment now and then.
/// </summary>
internal sealed class CardTester(Uri url, TrafficMeter meter) : IDisposable
{
    private const string PublishableKey = "pk_test_sandbox_merchant";
    private const string SecretKey = "sk_test_sandbox_merchant";
    private const int FirstDigits = 400_000;
    private const int CustomerEach = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };

    // Cards that no other run tried.
    private readonly long start = Random.Shared.NextInt64(1_000_000_000);

    /// <summary>Tries a card a second until it is told to end.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            try
            {
                if (number % CustomerEach == CustomerEach - 1)
                    meter.CardAnswered(await Post(SecretKey, "/v1/payment_intents", ("amount", "4900"), ("currency", "usd"), ("payment_method", "pm_card_visa"), ("confirm", "true")));
                else
                    meter.CardAnswered(await Try(Card(start + number), 100 + number % 50));
            }
            catch (HttpRequestException)
            {
                meter.Lost();
            }

            await Task.WhenAny(Task.Delay(Pause, cancellationToken));
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>A made-up number that passes the check of its last digit (ISO/IEC 7812-1, annex B).</summary>
    internal static string Card(long number)
    {
        var digits = $"{FirstDigits}{number % 1_000_000_000:000000000}";
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (digits[i] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return digits + (10 - sum % 10) % 10;
    }

    private async Task<ServerAnswer> Try(string card, int cents)
    {
        var token = await Post(PublishableKey, "/v1/tokens", ("card[number]", card), ("card[exp_month]", "12"), ("card[exp_year]", "2040"), ("card[cvc]", "123"));
        var intent = await Post(SecretKey, "/v1/payment_intents", ("amount", $"{cents}"), ("currency", "usd"));
        if (token.Body.Text("id") is not { } tokenId || intent.Body.Text("id") is not { } intentId)
            return token.IsSuccess ? intent : token;
        return await Post(
            PublishableKey, $"/v1/payment_intents/{intentId}/confirm",
            ("client_secret", intent.Body.Text("client_secret")!), ("payment_method_data[type]", "card"), ("payment_method_data[card][token]", tokenId));
    }

    private async Task<ServerAnswer> Post(string key, string path, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form.Select(static field => KeyValuePair.Create(field.Name, field.Value))) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.SendAsync(request, CancellationToken.None);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(CancellationToken.None));
        return new ServerAnswer((int)response.StatusCode, document.RootElement.Clone(), Replayed: false, response.Headers.RetryAfter?.Delta);
    }
}
