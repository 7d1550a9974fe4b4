using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Checkout.Tests.Monitoring;

/// <summary>What dashboards and alerts name is there, and counts what happened.</summary>
public sealed class MonitoringTests
{
    private const string Payment = "amount=2000&currency=usd&confirm=true&payment_method=";

    [Fact]
    public async Task Every_metric_that_a_dashboard_or_an_alert_names_is_there_and_counts()
    {
        var ends = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(30);
        var certificate = Certificate(ends);
        try
        {
            await using var product = await ProductProcess.Start(
                ("Payments__Acquirer__MerchantTiers__gold__0", "merchant_sandbox"), ("Kestrel__Certificates__Default__Path", certificate), ("Kestrel__Certificates__Default__Password", "test"));
            await using var receiver = await WebhookReceiver.Start();
            using var api = new MerchantApi(product.Url);
            using var other = new MerchantApi(product.Url, "sk_test_sandbox_merchant2");
            using var bank = new MerchantApi(product.Url, "sk_sandbox_bank");
            (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=charge.succeeded")).Ok();
            (await api.Post("/v1/payment_intents", Payment + "pm_card_visa")).Ok();
            (await api.Post("/v1/payment_intents", Payment + "pm_card_createDispute")).Ok();
            Assert.Equal(402, (await api.Post("/v1/payment_intents", Payment + "pm_card_chargeDeclinedInsufficientFunds")).Status);
            (await other.Post("/v1/payment_intents", Payment + "pm_card_visa")).Ok();
            Assert.Equal(201, (await bank.PostJson("/payments", """{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""")).Status);
            await receiver.Until(2, "the payments' events");
            var metrics = await Metrics(api, static found => found.GetValueOrDefault("webhook_deliveries_total{result=\"delivered\"}") == 2);

            Assert.NotEmpty(NamedMetrics.All);
            var names = metrics.Keys.Select(static sample => sample.Split('{')[0]).ToHashSet();
            Assert.DoesNotContain(NamedMetrics.All, named => !names.Contains(named.Metric));
            Assert.Equal(3, metrics["payments_total{rail=\"card\",status=\"authorized\",reason=\"\"}"]);
            Assert.Equal(1, metrics["payments_total{rail=\"card\",status=\"rejected\",reason=\"insufficient_funds\"}"]);
            Assert.Equal(1, metrics["payments_total{rail=\"ledger\",status=\"settled\",reason=\"\"}"]);
            Assert.Equal(2, metrics["merchant_payments_total{tier=\"gold\",status=\"authorized\"}"]);
            Assert.Equal(1, metrics["merchant_payments_total{tier=\"gold\",status=\"rejected\"}"]);
            Assert.Equal(1, metrics["merchant_payments_total{tier=\"standard\",status=\"authorized\"}"]);
            Assert.Equal(1, metrics["chargebacks_total{tier=\"gold\"}"]);
            Assert.Equal(3, metrics["acquirer_calls_total{operation=\"authorize\",outcome=\"approved\"}"]);
            Assert.Equal(1, metrics["checkout_requests_total{status=\"4xx\"}"]);
            Assert.Equal(ends.ToUnixTimeSeconds(), metrics["tls_certificate_not_after_seconds{endpoint=\"default\"}"]);
            // A name has one head, whoever tells of it.
            var heads = (await api.Get("/metrics")).Ok().Text.Split('\n').Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).ToList();
            Assert.Equal(heads.Count, heads.Distinct().Count());
            Assert.DoesNotContain(metrics.Keys, static sample => sample.Contains("merchant_sandbox", StringComparison.Ordinal) || sample.Contains("pi_", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(certificate);
        }
    }

    [Theory]
    [InlineData("sum by (rail) (rate(a_total{x=\"b_total\"}[5m])) / (c:d > 0)", "a_total c:d")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m]))) and avg_over_time(r[1d] offset 15m) - time()", "h_bucket r")]
    public void Metrics_of_an_expression_are_found(string expression, string metrics) => Assert.Equal(metrics.Split(' '), NamedMetrics.Of(expression));

    [Fact]
    public void Dashboards_have_a_source_a_place_for_each_panel_and_questions()
    {
        Assert.Equal(["fraud.json", "merchants.json", "operations.json", "payments.json"], NamedMetrics.Dashboards.Keys.Order());
        foreach (var (name, text) in NamedMetrics.Dashboards)
        {
            using var json = JsonDocument.Parse(text);
            var panels = json.RootElement.GetProperty("panels").EnumerateArray().ToList();
            Assert.Equal(panels.Count, panels.Select(static panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            var cells = panels.Select(static panel => panel.GetProperty("gridPos")).SelectMany(static place =>
                from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
                from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
                select (x, y)).ToList();
            Assert.True(cells.Count == cells.Distinct().Count() && cells.All(static cell => cell.x < 24), $"{name}: panels overlap, or leave the grid.");
            Assert.All(panels.Where(static panel => panel.GetProperty("type").GetString() != "row"), static panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
            Assert.Equal("payments-" + Path.GetFileNameWithoutExtension(name), json.RootElement.GetProperty("uid").GetString());
        }
    }

    private static async Task<Dictionary<string, double>> Metrics(MerchantApi api, Func<Dictionary<string, double>, bool> isThere)
    {
        for (var tries = 0; ; tries++)
        {
            var found = (await api.Get("/metrics")).Ok().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#')
                .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line[line.LastIndexOf(' ')..]));
            if (isThere(found) || tries == 200)
                return found;
            await Task.Delay(50);
        }
    }

    private static string Certificate(DateTimeOffset ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(ends.AddDays(-60), ends);
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "test"));
        return path;
    }
}
