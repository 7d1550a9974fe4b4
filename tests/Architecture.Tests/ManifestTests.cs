using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Architecture.Tests;

/// <summary>What deploys the cluster edition names images, ports, probes, settings and secrets that there are.</summary>
public sealed partial class ManifestTests
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "Dockerfile.cluster"));
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "README.md"));

    private static IEnumerable<string> Ports => Exposed().Match(Dockerfile).Groups[1].Value.Split(' ');

    private static IEnumerable<(string Key, YamlNode Value)> Services => Manifests.Read(Manifests.Compose).Single().Pairs("services");

    [Fact]
    public void The_base_lists_its_files() => Assert.Equal(
        Directory.EnumerateFiles(Manifests.Base).Select(Path.GetFileName).Where(static name => name != "kustomization.yaml").Order(),
        Manifests.Read(Path.Combine(Manifests.Base, "kustomization.yaml")).Single().Items("resources").Select(static file => file.Text()).Order());

    [Fact]
    public void Images_are_built_here_or_pinned_and_told_of()
    {
        var ours = Built().Match(Dockerfile).Groups[1].Value;
        Assert.Equal("payments-cluster:1.0", ours);
        Assert.All(Manifests.OfKind("Deployment"), deployment => Assert.Equal(ours.Split(':')[0], deployment.Container().Text("image")));
        var images = Services.Select(static service => service.Value.Text("image")!).ToList();
        Assert.NotEmpty(images);
        Assert.All(images.Where(image => image != ours), static image =>
        {
            Assert.Matches(@"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?$", image);
            Assert.Contains($"`{image}`", Readme, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Ports_and_probes_are_the_product_s()
    {
        var paths = Repository.Sources.Where(static source => source.Path.StartsWith("Gateway/", StringComparison.Ordinal)).SelectMany(static source => Mapped().Matches(source.Text)).Select(static path => path.Groups[1].Value).ToHashSet();
        foreach (var deployment in Manifests.OfKind("Deployment"))
        {
            var container = deployment.Container();
            var ports = container.Items("ports").ToDictionary(static port => port.Text("name")!, static port => port.Text("containerPort")!);
            Assert.Subset(Ports.ToHashSet(), ports.Values.ToHashSet());
            foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            {
                Assert.Contains(container.Text(probe, "httpGet", "port")!, ports.Keys);
                Assert.Contains(container.Text(probe, "httpGet", "path")!, paths);
            }

            Assert.Contains(deployment.Text("spec", "template", "metadata", "annotations", "prometheus.io/path")!, paths);
            var service = Manifests.OfKind("Service").Single(service => service.Name() == deployment.Name());
            Assert.All(service.Items("spec", "ports"), port => Assert.Equal(ports[port.Text("targetPort")!], port.Text("port")));
            Assert.Equal(deployment.Text("spec", "selector", "matchLabels", "app.kubernetes.io/name"), service.Text("spec", "selector", "app.kubernetes.io/name"));
        }

        // Ports that a policy opens between the product's own pods.
        var inside = Manifests.OfKind("NetworkPolicy").Where(static policy => policy.Name() is "gateway" or "silo").SelectMany(static policy => policy.Items("spec", "ingress").Concat(policy.Items("spec", "egress").Where(static rule => rule.Items("to").All(static to => to.At("podSelector") is not null))));
        Assert.All(inside.SelectMany(static rule => rule.Items("ports")), static port => Assert.Contains(port.Text("port")!, Ports));
        Assert.All(Services.SelectMany(static service => service.Value.Text("image")!.StartsWith("payments", StringComparison.Ordinal) ? service.Value.Items("ports") : []), static port => Assert.EndsWith(":8080", port.Text()));
    }

    [Fact]
    public void Secrets_are_named_and_never_given()
    {
        Assert.Empty(Manifests.OfKind("Secret"));
        foreach (var deployment in Manifests.OfKind("Deployment"))
        {
            var variables = deployment.Container().Items("env").ToList();
            Assert.All(variables, static variable => Assert.Null(variable.Text("value")));
            var secrets = variables.Select(static variable => variable.Text("valueFrom", "secretKeyRef", "name")).OfType<string>().Concat(deployment.Items("spec", "template", "spec", "volumes").Select(static volume => volume.Text("secret", "secretName")).OfType<string>());
            Assert.NotEmpty(secrets);
            Assert.All(secrets.Concat(Manifests.OfKind("Gateway").SelectMany(static gateway => gateway.Items("spec", "servers")).Select(static server => server.Text("tls", "credentialName")!)), static secret => Assert.Contains($"`{secret}`", Readme, StringComparison.Ordinal));
        }

        // Passwords of the composition come from its environment, or it does not start.
        Assert.All(Services.SelectMany(static service => service.Value.Pairs("environment")).Where(static pair => pair.Value.Text()!.Contains("assword", StringComparison.Ordinal) || pair.Key.Contains("PASSWORD", StringComparison.Ordinal)), static pair => Assert.Contains("${", pair.Value.Text()!, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_workload_is_unprivileged_may_be_drained_and_scales()
    {
        var deployments = Manifests.OfKind("Deployment").ToList();
        Assert.Equal(["gateway", "silo"], deployments.Select(Manifests.Name).Order());
        foreach (var deployment in deployments)
        {
            Assert.Equal("true", deployment.Text("spec", "template", "spec", "securityContext", "runAsNonRoot"));
            Assert.Equal(("true", "false"), (deployment.Container().Text("securityContext", "readOnlyRootFilesystem"), deployment.Container().Text("securityContext", "allowPrivilegeEscalation")));
            Assert.Equal("ALL", deployment.Container().Items("securityContext", "capabilities", "drop").Single().Text());
            Assert.Single(Manifests.OfKind("PodDisruptionBudget"), budget => budget.Text("spec", "selector", "matchLabels", "app.kubernetes.io/name") == deployment.Name());
            Assert.Single(Manifests.OfKind("HorizontalPodAutoscaler"), scaler => scaler.Text("spec", "scaleTargetRef", "name") == deployment.Name());
            Assert.Single(Manifests.OfKind("ServiceAccount"), account => account.Name() == deployment.Text("spec", "template", "spec", "serviceAccountName"));
        }

        Assert.Single(Manifests.OfKind("PeerAuthentication"), static peer => peer.Text("spec", "mtls", "mode") == "STRICT");
        Assert.Contains(Manifests.OfKind("Gateway").SelectMany(static gateway => gateway.Items("spec", "servers")), static server => server.Text("tls", "mode") == "MUTUAL");
        var deny = Assert.Single(Manifests.OfKind("NetworkPolicy"), static policy => policy.Name() == "default-deny");
        Assert.Empty(deny.Pairs("spec", "podSelector"));
        Assert.Equal(["Egress", "Ingress"], deny.Items("spec", "policyTypes").Select(static type => type.Text()).Order());
        Assert.Empty(deny.Items("spec", "ingress").Concat(deny.Items("spec", "egress")));
    }

    [Fact]
    public void Images_of_the_product_have_no_shell_and_no_privileges()
    {
        foreach (var file in (string[])["Dockerfile", "Dockerfile.cluster"])
        {
            var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", file));
            var last = text[text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
            Assert.Contains("-chiseled\n", last, StringComparison.Ordinal);
            Assert.Contains("\nUSER $APP_UID\n", last, StringComparison.Ordinal);
            // There is nothing in it that could run one.
            Assert.DoesNotContain("\nRUN ", last, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Prometheus_scrapes_services_that_there_are()
    {
        var targets = Manifests.Read(Path.Combine(Repository.Root, "deploy", "prometheus", "prometheus.yml")).Single().Items("scrape_configs").SelectMany(static job => job.Items("static_configs")).SelectMany(static config => config.Items("targets")).Select(static target => target.Text()!);
        Assert.Equal(Services.Where(static service => service.Value.Text("image")!.StartsWith("payments", StringComparison.Ordinal)).Select(static service => service.Key + ":8080").Order(), targets.Order());
    }

    [ClusterFact]
    public void Roles_options_and_settings_are_the_executable_s()
    {
        var sources = string.Concat(Repository.Sources.Select(static source => source.Text));
        var cluster = string.Concat(Repository.Sources.Where(static source => source.Path.StartsWith("Silo/Orleans/", StringComparison.Ordinal)).Select(static source => source.Text));
        var arguments = Manifests.OfKind("Deployment").Select(static deployment => deployment.Container().Items("args").Select(static argument => argument.Text()!).ToList())
            .Concat(Services.Where(static service => service.Value.Text("image")!.StartsWith("payments", StringComparison.Ordinal)).Select(static service => service.Value.Items("command").Select(static argument => argument.Text()!).ToList())).ToList();
        Assert.Equal(6, arguments.Count);
        Assert.All(arguments.SelectMany(static line => line.Where(static argument => argument.StartsWith("--", StringComparison.Ordinal) && argument != "--urls")), option => Assert.Contains($"[\"{option}\"]", cluster, StringComparison.Ordinal));
        Assert.All(arguments, line => Assert.Matches($@"(?i)\b{line[line.IndexOf("--role") + 1]} = \d", cluster));
        Assert.Contains("Payments.Silo.Cluster", File.ReadAllText(Path.Combine(Repository.Root, "Silo", "Orleans", "Silo.Orleans.csproj")), StringComparison.Ordinal);
        var settings = Manifests.OfKind("Deployment").SelectMany(static deployment => deployment.Container().Items("env")).Select(static variable => variable.Text("name")!).Concat(Services.SelectMany(static service => service.Value.Pairs("environment")).Select(static pair => pair.Key))
            .Where(static name => name.StartsWith("Payments__", StringComparison.Ordinal)).Distinct();
        Assert.All(settings, setting => Assert.Contains($"\"{setting.Replace("__", ":", StringComparison.Ordinal)}\"", sources, StringComparison.Ordinal));
        var copied = Copies().Matches(Dockerfile).SelectMany(static copy => copy.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]).ToList();
        Assert.All(copied, static path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.All(Repository.Products["Silo/Orleans"].References.Append("Silo/Orleans"), folder => Assert.Contains(folder, copied));
    }

    [GeneratedRegex(@"^EXPOSE (.+)$", RegexOptions.Multiline)]
    private static partial Regex Exposed();

    [GeneratedRegex(@"-t (\S+) \.$", RegexOptions.Multiline)]
    private static partial Regex Built();

    [GeneratedRegex("""(?:MapGet\(|new\("GET", )"(/[a-z/]+)""")]
    private static partial Regex Mapped();

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copies();
}

/// <summary>A fact about the cluster edition's sources.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Repository.Root, "Silo", "Orleans")))
            Skip = "The cluster edition's sources are not in this tree.";
    }
}
