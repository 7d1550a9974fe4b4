using System.Text;

namespace Checkout.Tests;

/// <summary>After a day of cards, no number and no CVC is found in any file, log, answer or delivery.</summary>
public sealed class SealedCardTests
{
    private const string Number = "4242424242424242";
    private const string Spaced = "4242 4242 4242 4242";
    private const string Cvc = "7391";
    private const string Person = "Zebulon Quartermaine";

    [Fact]
    public async Task No_card_number_is_kept_anywhere()
    {
        await using var product = await ProductProcess.Start(("Logging__LogLevel__Default", "Debug"));
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        using var browser = new MerchantApi(product.Url, "pk_test_sandbox_merchant");
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=*")).Ok();
        var answers = new List<WireReply>();
        foreach (var number in (string[])[Number, Spaced])
        {
            var token = (await browser.Post("/v1/tokens", $"card[number]={Uri.EscapeDataString(number)}&card[exp_month]=12&card[exp_year]=2034&card[cvc]={Cvc}&card[name]={Uri.EscapeDataString(Person)}")).Ok();
            var paid = (await api.Post("/v1/payment_intents", $"amount=2000&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token["id"]}&payment_method_data[billing_details][name]={Uri.EscapeDataString(Person)}")).Ok();
            answers.AddRange([token, paid]);
        }

        // Where it may not be: refused, told without it, and not kept.
        foreach (var (path, form, key) in ((string, string, string?)[])[
            ("/v1/customers", "description=" + Number, null), ("/v1/customers", $"metadata[card]={Uri.EscapeDataString(Spaced)}", null), ("/v1/payment_methods", $"type=card&card[number]={Number}", null),
            ("/v1/tokens?x=" + Number, "card[exp_month]=1", null), ("/v1/customers", "name=a", "key " + Number), ("/v1/customers", Number + "=1", null)])
        {
            var refused = await api.Post(path, form, key);
            Assert.Equal(400, refused.Status);
            Assert.Contains("card_number_not_accepted", refused.Text);
            answers.Add(refused);
        }

        // The digits of a UUID are none, though some would pass.
        answers.Add((await api.Post("/v1/customers", "metadata[order]=abcd4532-8498-4796-8574-abcdefabcdef", "stripe-node-retry-abcd4532-8498-4796-8574-abcdefabcdef")).Ok());
        await receiver.Until(6, "the payments' events");
        answers.Add(await api.Get("/v1/events?limit=100"));
        using var admin = new MerchantApi(product.Url, "sk_sandbox_admin");
        answers.Add(await admin.Get("/events?limit=1000"));
        answers.Add(await admin.Get("/metrics"));
        Assert.All(answers, static answer => Holds(answer.Body, "an answer"));
        Holds(await Stream(product.Url), "the stream of events");
        Assert.All(receiver.Received, static received => Holds(received.Body, "a delivery"));
        await product.Kill();
        foreach (var file in Directory.GetFiles(product.Data, "*", SearchOption.AllDirectories))
            Holds(await File.ReadAllBytesAsync(file), file, Person);
        Holds(Encoding.UTF8.GetBytes(product.Said), "the log", Person);
    }

    /// <summary>All that the stream has from its beginning on.</summary>
    private static async Task<byte[]> Stream(string url)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "/events/stream?after=0");
        request.Headers.Authorization = new("Bearer", "sk_sandbox_admin");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        var text = new StringBuilder();
        // The last that a payment does is the merchant's event of it; the seed's accounts come first.
        for (var captures = 0; captures < 2;)
        {
            var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.NotNull(line);
            text.AppendLine(line);
            captures += line.Contains("card.captured", StringComparison.Ordinal) ? 1 : 0;
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Holds(byte[] bytes, string what, string? more = null)
    {
        var text = Encoding.Latin1.GetString(bytes);
        foreach (var bait in (string?[])[Number, Spaced, $"\"{Cvc}\"", $"cvc={Cvc}", "cvc]=" + Cvc, more])
            Assert.False(bait is not null && text.Contains(bait, StringComparison.Ordinal), $"{bait} is in {what}.");
    }
}
