using System.Text;

namespace VerifyTests;

/// <summary>Where a snapshot lies, what it is called and what is scrubbed from a text before it is compared.</summary>
public sealed class VerifySettings
{
    private readonly List<Action<StringBuilder>> scrubbers = [];

    public VerifySettings()
    {
    }

    public VerifySettings(VerifySettings settings)
    {
        Directory = settings.Directory;
        FileName = settings.FileName;
        TypeName = settings.TypeName;
        MethodName = settings.MethodName;
        Parameters = settings.Parameters;
        ParametersText = settings.ParametersText;
        Accepts = settings.Accepts;
        scrubbers.AddRange(settings.scrubbers);
    }

    internal string? Directory { get; private set; }
    internal string? FileName { get; private set; }
    internal string? TypeName { get; private set; }
    internal string? MethodName { get; private set; }
    internal object?[]? Parameters { get; private set; }
    internal string? ParametersText { get; private set; }
    internal bool Accepts { get; private set; }

    /// <param name="directory">Relative to the source file of the test.</param>
    public void UseDirectory(string directory) => Directory = directory;

    /// <param name="fileName">Takes the place of type, method and parameters.</param>
    public void UseFileName(string fileName) => FileName = fileName;

    public void UseTypeName(string name) => TypeName = name;

    public void UseMethodName(string name) => MethodName = name;

    public void UseParameters(params object?[] parameters) => Parameters = parameters;

    public void UseTextForParameters(string parametersText) => ParametersText = parametersText;

    /// <summary>Takes every text as right.</summary>
    public void AutoVerify() => Accepts = true;

    /// <summary>Nothing to do here: the subset starts no diff tool.</summary>
    public void DisableDiff()
    {
    }

    /// <summary>Adds a change to the text; the one added last runs first.</summary>
    public void AddScrubber(Action<StringBuilder> scrubber) => scrubbers.Insert(0, scrubber);

    internal string Scrub(string text)
    {
        var builder = new StringBuilder(text);
        foreach (var scrubber in scrubbers)
            scrubber(builder);
        return builder.ToString();
    }
}
