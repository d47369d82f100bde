//! What is put right later: a record found, a label changed. The file follows.

use serde_json::json;
use tests::{on_both, steps::id_of};

use crate::people::{appointment, file, label, missed, only_file};

on_both! {
    /// The sample was taken in the second window and the paper found after the third miss.
    async fn a_test_recorded_late_withdraws_the_file(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        let it = only_file(&app).await;
        let paper = json!({ "collected_at": "2025-10-20T02:00:00Z" });
        let record = app.test_with(&items[1], paper).await.expect(201);
        assert_eq!(record["completed_appointment_id"], items[1]["id"]);
        let item = appointment(&app, &items[1]["id"]).await;
        assert_eq!((&item["status"], &item["late"]), (&json!("completed"), &json!(false)));
        assert!(item["missed_at"].is_null());
        assert_eq!(file(&app, &id_of(&it)).await["status"], "withdrawn");
    }

    /// With four misses on file, one fewer changes the basis; two fewer withdraw the file.
    async fn a_label_changes_the_basis_of_the_file_under_way(app: TestApp) {
        let (_, items) = missed(&app, 4).await;
        assert_eq!(only_file(&app).await["count"], 4);
        for (word, counted) in [("service_fault", 3), ("evaded_or_refused", 4), ("service_fault", 3)] {
            let labelled = label(&app, &items[0], word).await;
            assert_eq!(labelled["counted_misses"], counted);
            let it = only_file(&app).await;
            assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(counted)));
        }
        label(&app, &items[1], "service_fault").await;
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["closed_reason"]), (&json!("withdrawn"), &json!("below_threshold")));
    }
}
