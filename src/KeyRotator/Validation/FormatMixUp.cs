using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>Recognises another provider's key, which must not be sent to the wrong vendor.</summary>
internal static class FormatMixUp
{
    /// <summary>Title of the provider whose distinctive format the value has, where that is not the instance's own; else null. An instance
    /// with a base URL of its own may be a gateway that takes any vendor's keys.</summary>
    public static string? TitleOf(ProviderInstance instance, SecretValue value)
    {
        if (instance.BaseUrl is not null || KeyProviders.ForFormat(value) is not { } match)
        {
            return null;
        }

        return string.Equals(match.Provider.Kind, instance.Kind, StringComparison.OrdinalIgnoreCase) ? null : match.Provider.Profile.Title;
    }
}
