using System.ComponentModel.DataAnnotations;

namespace Silo.Cluster.Tls;

/// <summary>
/// With what the processes of a cluster know each other and hide what they say: the section <see cref="Section"/> of the configuration.
/// All three files are PEM, as Kubernetes mounts them; without any of them nothing is encrypted here.
/// </summary>
internal sealed class TlsSettings : IValidatableObject
{
    public const string Section = ClusterSettings.Section + ":Tls";

    /// <summary>This process's certificate, with those between it and the authority behind it.</summary>
    public string? Certificate { get; set; }

    /// <summary>The certificate's private key, unencrypted.</summary>
    public string? Key { get; set; }

    /// <summary>Whose certificates are let in: one authority, or several while one follows the other.</summary>
    public string? Authority { get; set; }

    public bool IsOn => !string.IsNullOrEmpty(Certificate) || !string.IsNullOrEmpty(Key) || !string.IsNullOrEmpty(Authority);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
            yield break;
        foreach (var (name, path) in new[] { (nameof(Certificate), Certificate), (nameof(Key), Key), (nameof(Authority), Authority) })
            if (string.IsNullOrEmpty(path))
                yield return new ValidationResult($"{Section}:{name} is missing: Certificate, Key and Authority go together.");
    }
}
