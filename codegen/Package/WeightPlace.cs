using System.Globalization;

namespace Lathe.Codegen.Package;

/// <summary>Where an artifact's weights are, and the functions that open and close them.</summary>
public abstract record WeightPlace
{
    /// <summary>Weights linked into the library; opening is handing out a constant.</summary>
    public sealed record Embedded(bool Any) : WeightPlace
    {
        internal override string Declarations(string name) => $$"""
            {{(Any ? $"@\"{Symbol(name)}\" = external constant i8, align 64" : "")}}
            @opened = private constant { ptr, i64 } { ptr {{(Any ? $"@\"{Symbol(name)}\"" : "null")}}, i64 0 }
            """;

        internal override string Open(string name) => $$"""
            define internal i32 @opened_from(ptr %path, ptr %model) nounwind noredzone {
              %none = icmp eq ptr %model, null
              br i1 %none, label %missing, label %give
            missing:
              ret i32 {{ErrorCodes.MissingArgument}}
            give:
              store ptr @opened, ptr %model
              ret i32 0
            }
            define void @{{name}}_close(ptr %model) nounwind noredzone {
              ret void
            }
            """;
    }

    /// <summary>Weights in a file that is mapped read-only: beside the library, or where <c>open</c> says.</summary>
    /// <param name="FileName">The file beside the library.</param>
    /// <param name="Length">Its bytes, the closing stamp included.</param>
    /// <param name="Stamp">The last eight bytes: the beginning of the contents' hash, so that another model's file is refused without reading all of it.</param>
    public sealed record InFile(string FileName, long Length, ulong Stamp) : WeightPlace
    {
        private const int ReadOnly = 0, SeekEnd = 2, ProtectRead = 1, MapPrivate = 2;

        internal override string Declarations(string name) => $$"""
            @beside = private unnamed_addr constant {{AssemblyText.CString(FileName)}}
            declare i32 @open(ptr, i32, ...)
            declare i32 @close(i32)
            declare i64 @lseek(i32, i64, i32)
            declare ptr @mmap(ptr, i64, i32, i32, i32, i64)
            declare i32 @munmap(ptr, i64)
            declare ptr @malloc(i64)
            declare void @free(ptr)
            declare i32 @dladdr(ptr, ptr)
            declare i64 @strlen(ptr)
            """;

        internal override string Open(string name)
        {
            string N(long n) => n.ToString(CultureInfo.InvariantCulture);
            return $$"""
            ; The folder of the library that this code is in, and the file's name behind it.
            define internal i32 @find(ptr %into) nounwind noredzone {
              %info = alloca [4 x ptr], align 8
              %found = call i32 @dladdr(ptr @{{name}}_open, ptr %info)
              %none = icmp eq i32 %found, 0
              br i1 %none, label %fail, label %named
            named:
              %library = load ptr, ptr %info
              %length = call i64 @strlen(ptr %library)
              %long = icmp ugt i64 %length, {{N(4096 - FileName.Length - 2)}}
              br i1 %long, label %fail, label %back
            back:
              %end = phi i64 [ %length, %named ], [ %before, %step ]
              %start = icmp eq i64 %end, 0
              br i1 %start, label %copy, label %look
            look:
              %before = sub i64 %end, 1
              %at = getelementptr i8, ptr %library, i64 %before
              %c = load i8, ptr %at
              %slash = icmp eq i8 %c, 47
              br i1 %slash, label %copy, label %step
            step:
              br label %back
            copy:
              call void @llvm.memcpy.p0.p0.i64(ptr %into, ptr %library, i64 %end, i1 false)
              %tail = getelementptr i8, ptr %into, i64 %end
              call void @llvm.memcpy.p0.p0.i64(ptr %tail, ptr @beside, i64 {{N(System.Text.Encoding.UTF8.GetByteCount(FileName) + 1)}}, i1 false)
              ret i32 0
            fail:
              ret i32 {{ErrorCodes.WeightsMissing}}
            }
            declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
            define internal i32 @opened_from(ptr %path, ptr %model) nounwind noredzone {
              %buffer = alloca [4096 x i8], align 16
              %none = icmp eq ptr %model, null
              br i1 %none, label %missing, label %which
            missing:
              ret i32 {{ErrorCodes.MissingArgument}}
            which:
              %given = icmp ne ptr %path, null
              br i1 %given, label %file, label %near
            near:
              %lost = call i32 @find(ptr %buffer)
              %astray = icmp ne i32 %lost, 0
              br i1 %astray, label %unreadable, label %file
            file:
              %name = phi ptr [ %path, %which ], [ %buffer, %near ]
              %fd = call i32 (ptr, i32, ...) @open(ptr %name, i32 {{N(ReadOnly)}})
              %bad = icmp slt i32 %fd, 0
              br i1 %bad, label %unreadable, label %measure
            unreadable:
              ret i32 {{ErrorCodes.WeightsMissing}}
            measure:
              %length = call i64 @lseek(i32 %fd, i64 0, i32 {{N(SeekEnd)}})
              %other = icmp ne i64 %length, {{N(Length)}}
              br i1 %other, label %differs, label %map
            differs:
              %closed = call i32 @close(i32 %fd)
              ret i32 {{ErrorCodes.WeightsDiffer}}
            map:
              %data = call ptr @mmap(ptr null, i64 {{N(Length)}}, i32 {{N(ProtectRead)}}, i32 {{N(MapPrivate)}}, i32 %fd, i64 0)
              %shut = call i32 @close(i32 %fd)
              %failed = icmp eq ptr %data, inttoptr (i64 -1 to ptr)
              br i1 %failed, label %unreadable, label %stamped
            stamped:
              %last = getelementptr i8, ptr %data, i64 {{N(Length - 8)}}
              %stamp = load i64, ptr %last, align 8
              %wrong = icmp ne i64 %stamp, {{N(unchecked((long)Stamp))}}
              br i1 %wrong, label %foreign, label %keep
            foreign:
              %gone = call i32 @munmap(ptr %data, i64 {{N(Length)}})
              ret i32 {{ErrorCodes.WeightsDiffer}}
            keep:
              %opened = call ptr @malloc(i64 16)
              %full = icmp eq ptr %opened, null
              br i1 %full, label %foreign, label %give
            give:
              store ptr %data, ptr %opened
              %size = getelementptr i8, ptr %opened, i64 8
              store i64 {{N(Length)}}, ptr %size
              store ptr %opened, ptr %model
              ret i32 0
            }
            define void @{{name}}_close(ptr %model) nounwind noredzone {
              %none = icmp eq ptr %model, null
              br i1 %none, label %done, label %unmap
            unmap:
              %data = load ptr, ptr %model
              %size = getelementptr i8, ptr %model, i64 8
              %length = load i64, ptr %size
              %gone = call i32 @munmap(ptr %data, i64 %length)
              call void @free(ptr %model)
              br label %done
            done:
              ret void
            }
            """;
        }
    }

    /// <summary>The symbol of embedded weights.</summary>
    public static string Symbol(string name) => $"{name}.weights";

    /// <summary>Globals and declarations.</summary>
    internal abstract string Declarations(string name);

    /// <summary><c>i32 @opened_from(path, model)</c>, which <c>NAME_open</c> calls, and <c>NAME_close</c>.</summary>
    internal abstract string Open(string name);
}
