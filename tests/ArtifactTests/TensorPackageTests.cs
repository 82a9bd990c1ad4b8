namespace Lathe.ArtifactTests;

/// <summary>Lathe.Runtime.Tensors, from its package in a clean folder; System.Numerics.Tensors comes from where this machine restores packages.</summary>
public sealed class TensorPackageTests(DotnetPackages packages) : IClassFixture<DotnetPackages>, IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [LongFact]
    public void The_page_on_tensors_holds()
    {
        packages.Shell(scratch.Folder, """
            dotnet new console -n app -o .
            dotnet nuget add source $PACKAGES --name lathe
            dotnet add package Lathe.Runtime.Tensors
            dotnet add package Lathe.Build
            cp $MODELS/opt_mnist/model.onnx digits.onnx
            cp $MODELS/opt_mnist/digits/digits.bytes .
            """);
        File.WriteAllText(scratch["app.csproj"], File.ReadAllText(scratch["app.csproj"]).Replace("</Project>", """<ItemGroup><TensorModel Include="digits.onnx" /></ItemGroup></Project>""", StringComparison.Ordinal));
        File.WriteAllText(scratch["Program.cs"], """
            using Lathe.Runtime.Tensors;
            using var digits = new app.Digits();
            var (image, scores, spanned) = (digits.Model.CreateInput<float>(0), digits.Model.CreateOutput<float>(0), digits.Model.CreateOutput<float>(0));
            foreach (var grey in File.ReadAllBytes("digits.bytes").Chunk(app.Digits.Input3Length))
            {
                for (var i = 0; i < grey.Length; i++) image.Elements()[i] = grey[i];
                digits.Model.Run<float, float>(image, scores);
                digits.Run(image.Elements(), spanned.Elements());
                if (!scores.Elements().SequenceEqual(spanned.Elements())) throw new InvalidOperationException();
                Console.Write($"{scores.Elements().IndexOf(scores.Elements().ToArray().Max())} ");
            }
            """);
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", packages.Shell(scratch.Folder, "dotnet run").Trim());
    }
}
