using System.ComponentModel.DataAnnotations;

namespace Silo.Embedded;

/// <summary>Sections of the configuration whose values are checked when they are read: what is wrong is said at the start, by name.</summary>
public static class CheckedSettings
{
    /// <exception cref="ValidationException">A value is none that it takes.</exception>
    public static T Checked<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        var settings = new T();
        configuration.GetSection(section).Bind(settings);
        Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true);
        return settings;
    }
}
