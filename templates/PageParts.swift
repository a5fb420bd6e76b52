// The page's files, in the order in which they are put together.

public enum PageParts {
  /// With `{{open}}`, `{{style}}` and `{{script}}` in it.
  public static var frame: [UInt8] { PackageResources.page_html }
  public static var style: [UInt8] { PackageResources.page_css }

  /// The last one begins.
  public static var scripts: [[UInt8]] {
    [
      PackageResources.dom_js, PackageResources.words_js, PackageResources.calls_js,
      PackageResources.live_js, PackageResources.ids_js, PackageResources.records_js,
      PackageResources.dialogs_js, PackageResources.charts_js, PackageResources.open_js,
      PackageResources.today_js, PackageResources.reviews_js, PackageResources.people_js,
      PackageResources.changes_js, PackageResources.main_js,
    ]
  }
}
