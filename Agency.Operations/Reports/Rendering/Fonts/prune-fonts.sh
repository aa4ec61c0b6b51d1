#!/bin/sh
# Makes the *.ttf.br files of this folder from the two npm packages. Run by hand when a font changes, never by the build.
# Needs npm, hb-subset (Debian: libharfbuzz-bin) and brotli.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

unpack() { # package version folder
  mkdir "$3"
  tar xzf "$(npm pack --silent "@expo-google-fonts/$1@$2")" -C "$3" --strip-components=1
}
unpack noto-sans 0.4.2 latin
unpack noto-sans-sc 0.4.3 cjk

# Latin with its extensions, combining marks, Greek, Cyrillic, punctuation, currency, a few arrows and signs.
LATIN=0000,0020-007E,00A0-02FF,0300-036F,0370-03FF,0400-052F,1E00-1EFF,1F00-1FFF,2000-206F,2070-209F,20A0-20CF,2100-214F,2190-2199,2212,2260,2264,2265,25CC,FB00-FB04,FFFD
# Radicals, kana, bopomofo, ideographs with extensions, full-width forms, enclosed and box characters.
CJK=2460-24FF,2500-257F,25A0-25FF,2600-26FF,2E80-2FDF,3000-30FF,3100-312F,31A0-31FF,3200-33FF,3400-4DBF,4E00-9FFF,AC00-D7AF,F900-FAFF,FE10-FE1F,FE30-FE4F,FF00-FFEF,20000-2FA1F

# The outline of .notdef is kept: it is the box that stands for a character no font here has.
hb-subset --unicodes=$LATIN --no-hinting --notdef-outline --output-file=NotoSans-Regular.ttf latin/400Regular/NotoSans_400Regular.ttf
hb-subset --unicodes=$LATIN --no-hinting --notdef-outline --output-file=NotoSans-SemiBold.ttf latin/600SemiBold/NotoSans_600SemiBold.ttf
hb-subset --unicodes=$CJK --no-hinting --notdef-outline --layout-features= --output-file=NotoSansSC-Regular.ttf cjk/400Regular/NotoSansSC_400Regular.ttf

for font in NotoSans-Regular NotoSans-SemiBold NotoSansSC-Regular; do
  brotli -f -q 11 -w 24 -o "$here/$font.ttf.br" "$font.ttf"
done
cp latin/LICENSE_FONT "$here/OFL-NotoSans.txt"
cp cjk/LICENSE_FONT "$here/OFL-NotoSansSC.txt"
