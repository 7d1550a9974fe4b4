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

        // Nor in an address: of an object, of a list, of what is not there; nor in a header that answers repeat.
        var spaced = Uri.EscapeDataString(Spaced);
        foreach (var path in (string[])[
            "/v1/payment_intents/" + Number, "/V1/Payment_Intents/" + Number, "/v1/payment_intents/pi_" + spaced, $"/v1/customers/cus_1/payment_methods/{Number}", "/v1/" + Number, $"/v1/nothing/{spaced}/more",
            "/v1/customers?email=" + Number, "/v1/customers?starting_after=cus_" + Number, $"/v1/customers?{Number}=1", "/v1/customers/search?query=" + Uri.EscapeDataString($"name:\"{Number}\"")])
        {
            var refused = await api.Get(path);
            Assert.True(refused.Status == 400 && refused.Text.Contains("card_number_not_accepted", StringComparison.Ordinal), $"{path}: {refused.Status} {refused.Text}");
            answers.Add(refused);
        }

        foreach (var path in (string[])["/v1/payment_intents/" + Number, $"/v1/payment_intents/{spaced}/confirm", "/v1/customers/" + Number])
            answers.Add(await Refused(api, path, "description=x"));
        // The one place that takes a card takes it in the body only.
        foreach (var query in (string[])[$"card[number]={Number}", "card%5Bnumber%5D=" + spaced, $"CARD[number]={Number}", $"card[cvc]={Cvc}"])
            answers.Add(await Refused(browser, "/v1/tokens?" + query, "card[exp_month]=12&card[exp_year]=2034"));
        answers.Add(await Refused(browser, "/V1/TOKENS", $"card[number]={Number}&card[name]={Number}&card[exp_month]=12&card[exp_year]=2034"));
        answers.Add(await Header(product.Url, "Stripe-Version", Number));
        answers.Add(await Header(product.Url, "User-Agent", Number));

        // The digits of a UUID are none, though some would pass.
        answers.Add((await api.Post("/v1/customers", "metadata[order]=abcd4532-8498-4796-8574-abcdefabcdef", "stripe-node-retry-abcd4532-8498-4796-8574-abcdefabcdef")).Ok());
        await receiver.Until(6, "the payments' events");
        answers.Add(await api.Get("/v1/events?limit=100"));
        using var admin = new MerchantApi(product.Url, "sk_sandbox_admin");
        answers.Add(await admin.Get("/events?limit=1000"));
        answers.Add(await admin.Get("/metrics"));
        // The log of requests has them all, and of none of them what it must not.
        var requests = (await admin.Get("/requests?limit=1000")).Ok();
        answers.Add(requests);
        var logged = requests.Json.GetProperty("data").EnumerateArray().ToList();
        Assert.True(logged.Count(static request => request.GetProperty("errorCode").GetString() == "card_number_not_accepted") > 20);
        foreach (var request in logged)
            answers.Add(await admin.Get("/requests/" + request.GetProperty("id").GetString()));
        Assert.All(answers, static answer => Holds(answer.Body, "an answer"));
        Holds(await Stream(product.Url), "the stream of events");
        Assert.All(receiver.Received, static received => Holds(received.Body, "a delivery"));
        await product.Kill();
        Scan(product);
    }

    /// <summary>Whether the scan sees what it is to see: a number that was left lying about, in each of the forms that it looks for.</summary>
    [Theory]
    [InlineData("{\"note\":\"4242424242424242\"}")]
    [InlineData("before 4242 4242 4242 4242 after")]
    [InlineData("{\"cvc\":\"7391\"}")]
    [InlineData("card[cvc]=7391")]
    [InlineData("{\"name\":\"Zebulon Quartermaine\"}")]
    public async Task The_scan_finds_what_is_planted(string planted)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, [0, 255, 1, .. Encoding.UTF8.GetBytes(planted), 0]);
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Holds(File.ReadAllBytes(file), "a file", Person));
            await File.WriteAllTextAsync(file, "4242 4242 nothing 4242424242424241");
            Holds(await File.ReadAllBytesAsync(file), "a file", Person);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The same in the product itself: what a file of its data has in the clear, the scan finds there.</summary>
    [Fact]
    public async Task The_scan_finds_what_is_planted_in_a_data_directory()
    {
        await using var product = await ProductProcess.Start();
        await product.Kill();
        Scan(product);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(product.Data, "requests", "old")).FullName, "note.log"), Number);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Scan(product));
    }

    private static void Scan(ProductProcess product)
    {
        foreach (var file in Directory.GetFiles(product.Data, "*", SearchOption.AllDirectories))
            Holds(File.ReadAllBytes(file), file, Person);
        Holds(Encoding.UTF8.GetBytes(product.Said), "the log", Person);
    }

    private static async Task<WireReply> Refused(MerchantApi api, string path, string form)
    {
        var refused = await api.Post(path, form);
        Assert.True(refused.Status == 400 && refused.Text.Contains("card_number_not_accepted", StringComparison.Ordinal), $"{path}: {refused.Status} {refused.Text}");
        return refused;
    }

    private static async Task<WireReply> Header(string url, string name, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url + "/v1/balance");
        request.Headers.Authorization = new("Bearer", "sk_test_sandbox_merchant");
        request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.DoesNotContain(value, string.Join("\n", response.Headers.SelectMany(static header => header.Value)));
        return new WireReply(400, await response.Content.ReadAsByteArrayAsync(), false);
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
